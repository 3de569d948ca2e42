// Check: a server that stalls once, for a known time, under an open load at a constant rate.
//
// The theory. Requests come due at the rate r over the window W. From the moment t0, when the stalled request is due,
// nothing is answered for S; then all is. A request that is due u after t0 (u < S) waits for S - u, and every other
// for about nothing. So the latencies during the stall fall evenly from S to 0, and of the r W requests of the window
// r (S - x) took longer than x: the share (S - x) / W. The latency that the share 1 - q exceeds is
//
//     x(q) = S - (1 - q) W, while that is above 0, and S at the most (q = 1).
//
// The time that an undisturbed request takes is added to it. The window's own median is a good measure of that, because
// fewer than half of its requests are in the stall. Several requests may be in flight at once, so that those which came
// due in the stall are answered together at its end; otherwise they would queue in the generator.
//
// It is also the longest pause of the server, as rows have it (harness/load/silences.h): S.
//
// A closed loop asks one request in that time and so sees one slow reply among tens of thousands: its p99 says that
// nothing happened (Gil Tene calls it coordinated omission). That line is shown beside the other.
#pragma once

#include "harness/selftest/judgement.h"
#include "harness/selftest/observation.h"
#include "workloads/faulty.h"

namespace bakeoff::selftest {

struct Stall {
  double stall_s = 0.4;
  double window_s = 4;
  double rate_rps = 500;
  std::uint64_t at_request = 501;  ///< One second into the window.
};

/// x(q), in seconds.
double stalled_quantile_s(const Stall& stall, double quantile);

/// p99, p99.9 and max may be off by this much of themselves.
inline constexpr double kStallTolerance = 0.03;

workloads::Faults stall_faults(const Stall& stall);
load::AgentPlan open_plan(const Stall& stall);
load::AgentPlan closed_plan(const Stall& stall);

/// Void when noisy, or when the generator itself was late by more than a third of the tolerance.
Judgement judge_open(const Stall& stall, const Observation& seen);
/// Passes nothing and fails nothing, unless something went wrong.
Judgement judge_closed(const Stall& stall, const Observation& seen);

}  // namespace bakeoff::selftest

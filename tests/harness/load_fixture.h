// Loads made up for the tests of their reports: every number is fixed, no clock, no randomness.
#pragma once

#include <map>
#include <string>

#include "harness/journal/trial.h"
#include "harness/report/load_summary.h"
#include "harness/stats/histogram.h"

namespace bakeoff::test {

struct MadeUpLoad {
  Trial row;
  std::map<std::string, Histogram> latency;
  LoadRemarks remarks;
};

/// Latencies with a hump around `middle_us` and a tail to about twelve times that.
Histogram hump(double middle_us, std::uint64_t samples);

/// A closed loop in which all went well.
MadeUpLoad good_load();

/// An open loop, Poisson, with a ramp, two generator threads, a slipped tail, a server whose process is known.
MadeUpLoad open_load();

/// Connections that could not be opened, errors of several kinds with hints, a crowd that was lost, increments that
/// were lost, clamped latencies, a generator that was the limit.
MadeUpLoad troubled_load();

/// Nothing was ever answered.
MadeUpLoad unanswered_load();

}  // namespace bakeoff::test

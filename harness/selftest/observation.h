// What a check has seen of one load on one server, and what can be said of that whatever the check is. Pure.
#pragma once

#include <optional>
#include <string>

#include "harness/load/plan.h"

namespace bakeoff::selftest {

struct Observation {
  load::AgentResult client;
  journal::ServerReceipt server;
  /// Of the CPU, of those in use, where it was the most; absent where it cannot be read.
  std::optional<double> foreign_share;  ///< CPU that others took in the window.
  std::optional<double> steal_share;    ///< Time that the hypervisor took.
  std::optional<measure::CpuQuota> quota;        ///< Above either side; absent where there is none.
};

/// What went wrong that a check has not asked for: errors, requests without a reply, sides whose receipts differ, in
/// requests or in bytes. "" when nothing did.
std::string unexpected_failure(const Observation& seen);

/// Nothing went wrong but that requests were given up when their time was over: the one trouble that a busy machine
/// makes by itself.
bool only_timeouts(const Observation& seen);

/// A CPU quota held up a side in the window.
bool throttled(const Observation& seen);

/// Why what the clock says of this window does not count: a CPU quota held up a side, or somebody else was on the CPUs,
/// by the limits of validity/validity.h. "" when it does. Any trouble but slowness always counts: no neighbour excuses
/// a wrong account.
std::string noise_reason(const Observation& seen);

}  // namespace bakeoff::selftest

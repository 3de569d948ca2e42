// What a check has observed of one load on one server, and the judgements that all checks share. Pure.
#pragma once

#include <optional>
#include <string>

#include "harness/load/plan.h"

namespace bakeoff::selftest {

struct Observation {
  load::AgentResult client;
  journal::ServerReceipt server;
  /// Each on the CPU in use where it was highest; absent where it cannot be read.
  std::optional<double> foreign_share;     ///< CPU that others took in the window.
  std::optional<double> steal_share;       ///< Time that the hypervisor took.
  std::optional<measure::CpuQuota> quota;  ///< Above either side; absent where there is none.
};

/// A failure that the check did not provoke: errors, requests without a reply, or receipts of the two sides that differ
/// in requests or in bytes. "" when there is none.
std::string unexpected_failure(const Observation& seen);

/// The only failures were requests that timed out: the one kind of failure that a busy machine causes by itself.
bool only_timeouts(const Observation& seen);

/// A CPU quota held up one of the sides in the window.
bool throttled(const Observation& seen);

/// Why times measured in this window do not count: a CPU quota held up one of the sides, or other programs used the
/// CPUs, by the limits of validity/validity.h. "" when they count. Failures other than slowness always count: other
/// programs do not make a receipt wrong.
std::string noise_reason(const Observation& seen);

}  // namespace bakeoff::selftest

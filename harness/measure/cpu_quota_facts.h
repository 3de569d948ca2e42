// What a row says about the CPU quotas above the subject or the load. Plain data; cpu_quota.h reads them.
#pragma once

#include <cstdint>

namespace bakeoff::measure {

/// What a CPU quota (a cgroup's, so a container's too) did to one side in the window: of all quotas from its cgroup up
/// to the root.
struct CpuQuota {
  double cpus = 0;  ///< The tightest, in CPUs: 0.4 is 40 ms of every 100.
  /// The rest is about the quota that held the side up longest in the window.
  std::uint64_t periods = 0;            ///< Periods that it enforced.
  std::uint64_t throttled_periods = 0;  ///< Periods in which it held the side up.
  double throttled_us = 0;              ///< How long it did so, summed over the CPUs.
};

}  // namespace bakeoff::measure

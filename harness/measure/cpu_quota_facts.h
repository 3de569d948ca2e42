// What a row must say about the CPU quotas above a side. Plain data; cpu_quota.h reads them.
#pragma once

#include <cstdint>

namespace bakeoff::measure {

/// What a CPU quota (a cgroup's, so a container's too) did to one side in the window: of all quotas from its cgroup up
/// to the root.
struct CpuQuota {
  double cpus = 0;                      ///< The tightest, in CPUs: 0.4 is 40 ms of every 100.
  std::uint64_t periods = 0;            ///< Of the window, that the one which held it up longest enforced;
  std::uint64_t throttled_periods = 0;  ///< in which it did.
  double throttled_us = 0;              ///< For so long, over all CPUs that it held up.
};

}  // namespace bakeoff::measure

// CPU quotas: how much CPU time a cgroup, and so a container, may use in each period, and for how long that held up
// what runs in it. A quota binds everything below its cgroup. So every cgroup from a process's own up to the root is
// looked at, as far as it is mounted here: in a container that ends at the container's own.
//
// v1 has them in the hierarchy of the controller `cpu`, v2 where that controller is enabled. The kernel books a hold-up
// when it ends: one that lasts beyond the end of a window (a period is usually 100 ms) is not in the window's account.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "harness/measure/cpu_quota_facts.h"

namespace bakeoff::measure {

/// One cgroup's quota now, and what it has done since the cgroup was made.
struct QuotaReading {
  std::optional<double> cpus;  ///< Absent: it has none.
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  double throttled_us = 0;
};

/// The cgroups whose quotas bind a process.
struct QuotaChain {
  bool visible = false;                        ///< Whether quotas can be seen here at all.
  std::vector<std::filesystem::path> cgroups;  ///< From the process's own up; only those that can have a quota.
};

/// By the texts of /proc/self/mountinfo and /proc/PID/cgroup; `root` is where the file system begins ("/" but in
/// tests).
QuotaChain quota_chain(const std::filesystem::path& root, std::string_view mountinfo, std::string_view cgroup);

/// Three small files at most. nullopt when the cgroup is not there, or has no such files.
std::optional<QuotaReading> read_quota(const std::filesystem::path& cgroup);

/// The tightest of the chain, in CPUs; nullopt where there is none.
std::optional<double> tightest_quota(const QuotaChain& chain);

/// What the quotas did between two readings of the same cgroups in the same order; one that is absent in either is left
/// out. nullopt where none of them has a quota. Pure.
std::optional<CpuQuota> quota_between(std::span<const std::optional<QuotaReading>> before,
                                      std::span<const std::optional<QuotaReading>> after);

/// The quotas above some processes, watched over a window. Not thread-safe.
class QuotaWatch {
 public:
  /// Finds their cgroups: one file per process, and one more.
  explicit QuotaWatch(const std::vector<pid_t>& pids);

  /// begin() and end() take about 30 us per cgroup of the chain.
  void begin() { before_ = read(); }
  std::optional<CpuQuota> end() const { return quota_between(before_, read()); }

 private:
  std::vector<std::optional<QuotaReading>> read() const;

  std::vector<std::filesystem::path> cgroups_;
  std::vector<std::optional<QuotaReading>> before_;
};

}  // namespace bakeoff::measure

// Groups of the scheduler: the CPU is shared by groups first, and then by the threads within each. A process is no
// group. A session is one where the kernel has autogroup on, and a cgroup with the controller `cpu` is one.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>
#include <vector>

namespace bakeoff::models::probes {

/// Directories below which a cgroup could have a share of the CPU of its own, the best first: by the texts of
/// /proc/self/mountinfo and /proc/self/cgroup. Pure. In v2 a cgroup that has processes cannot divide its CPU among
/// cgroups, and so the one above it is named as well.
std::vector<std::filesystem::path> cpu_cgroup_places(std::string_view mountinfo, std::string_view cgroup);

/// A way to have two processes in a group each.
class SchedulerGroups {
 public:
  enum class Kind : std::uint8_t { none, sessions, cgroups };

  /// Sessions where they are groups, which takes no permission; else two cgroups where they may be made.
  SchedulerGroups();
  SchedulerGroups(const SchedulerGroups&) = delete;
  SchedulerGroups& operator=(const SchedulerGroups&) = delete;
  /// Removes the cgroups. Whoever was in them has to have been reaped.
  ~SchedulerGroups();

  Kind kind() const { return kind_; }

  /// Called by a process that has one thread: puts it into group 0 or 1. Throws std::system_error.
  void join(std::size_t group) const;

 private:
  Kind kind_ = Kind::none;
  std::vector<std::filesystem::path> cgroups_;
};

}  // namespace bakeoff::models::probes

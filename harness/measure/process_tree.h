// What a set of processes has used so far, from /proc: switches, faults, threads, RSS, and CPU time where there is
// no cgroup. It takes no more rights than being the same user.
//
// A process or thread that vanishes while it is read is skipped: its figures are lost, and difference() says how many
// were. Counters of the kernel are per thread, so that the /proc/PID files alone would show the main thread only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace bakeoff::measure {

/// The cheap reading, one file per process (about 8 us): for a sampler that looks for the peak.
struct TreeSize {
  std::uint64_t processes = 0;  ///< Living ones; zombies are not counted.
  std::uint64_t threads = 0;
  std::uint64_t rss_kib = 0;  ///< Counts a shared page once per process: an upper bound.
};
TreeSize measure_size(const std::vector<pid_t>& pids);

/// The full reading, two files per thread and one per process (about 25 us per thread): for both ends of a window.
struct TreeUse {
  struct Task {
    std::uint64_t voluntary = 0, involuntary = 0;
    std::optional<std::uint64_t> cpu_ns;  ///< schedstat; absent in kernels without it.
  };
  struct Faults {
    std::uint64_t minor = 0, major = 0;  ///< The process's own and those of the children it has reaped.
  };
  std::map<pid_t, Task> tasks;        ///< By thread id.
  std::map<pid_t, Faults> processes;  ///< By process id.
};
TreeUse measure_use(const std::vector<pid_t>& pids);

/// What was used between two readings of one tree.
struct TreeDifference {
  std::uint64_t voluntary = 0, involuntary = 0;
  std::uint64_t minor_faults = 0, major_faults = 0;
  std::optional<double> cpu_us;     ///< Absent when a task has no schedstat.
  std::uint64_t tasks_ended = 0;    ///< Threads of the first reading that are not in the second: their use after the
                                    ///< first is missing, and so is that of threads that came and went in between.
  std::uint64_t tasks_started = 0;  ///< Counted from their birth.
};
TreeDifference difference(const TreeUse& before, const TreeUse& after);

/// `root` and all its descendants, however they are grouped.
std::vector<pid_t> descendants(pid_t root);

}  // namespace bakeoff::measure

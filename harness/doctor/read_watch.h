// What moved on the machine between two readings: the busiest processes, kernel threads included.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/doctor/facts.h"
#include "harness/measure/cpu_time.h"

namespace bakeoff::doctor {

/// A process by what the kernel says of it.
struct ProcessReading {
  std::string name;  ///< As in /proc/PID/stat: at most 15 characters.
  pid_t parent = 0;
  std::uint64_t started = 0;  ///< Ticks since boot: tells it from an earlier one of the same number.
  bool kernel_thread = false;
  bool bound = false;
  std::uint64_t cpu_ns = 0;  ///< Used by its living threads; counted by the tick (10 ms) in kernels without schedstat.
};

/// By process number. Those that vanish while they are read are left out. Reads two files per process and one per
/// thread.
std::map<pid_t, ProcessReading> read_processes_below(const std::filesystem::path& root);

/// The text of /proc/PID/stat, with the CPU time of its ticks; nullopt when it is something else.
std::optional<ProcessReading> parse_process_stat(std::string_view text);

/// Whether a process runs a bakeoff, of this build or another: by the file that it executes, which lies beside the
/// other program of the two. False where that may not be seen (another user's).
bool runs_bakeoff(pid_t pid);

/// For every process that belongs to another bakeoff, the topmost process of that bakeoff. `programs` are the processes
/// that run one. Agents, subjects and real servers belong to the harness that has started them. `own` and its
/// descendants are left out. Pure.
std::map<pid_t, pid_t> owning_bakeoff(const std::map<pid_t, ProcessReading>& processes, const std::set<pid_t>& programs,
                                      pid_t own);

/// The processes that took CPU time between two readings, busiest first. A process that began in between counts from
/// its birth. `own` and processes that have ended are left out. Pure.
std::vector<Neighbour> busiest(const std::map<pid_t, ProcessReading>& before,
                               const std::map<pid_t, ProcessReading>& after, double elapsed_s, pid_t own);

/// How busy all CPUs were, less what the doctor used itself; nullopt when a reading lacks them. Pure.
std::optional<double> in_use(const measure::CpuTimes& before, const measure::CpuTimes& after, double own_cpu_us);

/// Watches for about half a second, in which it sleeps. `servers` are the programs to look for among the running ones.
WatchFacts watch_machine(const std::vector<std::string>& servers);

}  // namespace bakeoff::doctor

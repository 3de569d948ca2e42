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
  std::uint64_t cpu_ns = 0;  ///< Of its living threads, or by the tick (10 ms) in kernels without schedstat.
};

/// By process number. Those that vanish while they are read are left out. Two files a process and one a thread.
std::map<pid_t, ProcessReading> read_processes_below(const std::filesystem::path& root);

/// The text of /proc/PID/stat, with the CPU time of its ticks; nullopt when it is none.
std::optional<ProcessReading> parse_process_stat(std::string_view text);

/// Whether a process runs a bakeoff, of this build or another: by the file that it executes, which lies beside the
/// other program of the two. False where that may not be seen (another user's).
bool runs_bakeoff(pid_t pid);

/// Of every process that belongs to another bakeoff (`programs` are those that run one): the first of them above it. An
/// agent or a subject belongs to its harness, and so does a real server that it has started. `own` and what is below it
/// are left out. Pure.
std::map<pid_t, pid_t> owning_bakeoff(const std::map<pid_t, ProcessReading>& processes, const std::set<pid_t>& programs,
                                  pid_t own);

/// Those that took CPU time between two readings, busiest first; one that began in between counts from its birth. `own`
/// is left out, and what has ended. Pure.
std::vector<Neighbour> busiest(const std::map<pid_t, ProcessReading>& before,
                               const std::map<pid_t, ProcessReading>& after, double elapsed_s, pid_t own);

/// How busy all CPUs were, less what the doctor used itself; nullopt when a reading lacks them. Pure.
std::optional<double> in_use(const measure::CpuTimes& before, const measure::CpuTimes& after, double own_cpu_us);

/// Watches for about half a second, in which it sleeps. `servers` are the programs that are looked for among those that
/// run.
WatchFacts watch_machine(const std::vector<std::string>& servers);

}  // namespace bakeoff::doctor

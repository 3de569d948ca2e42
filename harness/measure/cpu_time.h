// How busy each CPU of the machine was, and how much of the subject's CPUs others took.
//
// The root cpuacct group counts every task of the machine in nanoseconds; where it is not mounted (pure cgroup2 hosts)
// the idle time of /proc/stat is taken from the elapsed time: the kernel keeps idle time exactly, to 10 ms as printed,
// and the busy columns beside it only as samples at the tick.
// Reading is separate from computing; the computing functions are pure.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::measure {

/// One reading of the machine's CPUs. Only differences of two readings with one source mean something.
struct CpuTimes {
  std::int64_t at_ns = 0;                ///< CLOCK_MONOTONIC.
  std::string source;                    ///< Where busy_ns comes from: "cpuacct", "proc-stat"; "" when it is unknown.
  std::map<int, std::int64_t> busy_ns;   ///< By CPU.
  std::map<int, std::int64_t> steal_ns;  ///< By CPU, always from /proc/stat (10 ms ticks).
};

/// Two or three file reads, about 0.1 ms. What cannot be read is left empty.
CpuTimes read_cpu_times();

/// CPU time of a process so far, threads that have ended included, in nanoseconds; nullopt when there is none.
std::optional<std::uint64_t> process_cpu_ns(pid_t pid);

/// CPU that tasks other than the subject's took on `cpus` between two readings, as a share of wall x CPUs, 0 at least.
/// `own_cpu_us` is what the subject used of these CPUs. nullopt when a CPU is missing or the sources differ.
std::optional<double> foreign_cpu_share(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus,
                                        double own_cpu_us);

/// Time that the hypervisor took from `cpus`, as a share of wall x CPUs.
std::optional<double> steal_share(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus);

/// Busy nanoseconds by CPU, from the text of cpuacct.usage_percpu.
std::map<int, std::int64_t> parse_usage_percpu(std::string_view text);

/// The columns of one CPU in /proc/stat, in ticks.
struct CpuTicks {
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
};
std::map<int, CpuTicks> parse_proc_stat(std::string_view text);

}  // namespace bakeoff::measure

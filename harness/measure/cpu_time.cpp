// Reading the two sources, and the differences between two readings.
#include "harness/measure/cpu_time.h"

#include <sys/types.h>

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#include "harness/measure/cgroup.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/text_file.h"

namespace bakeoff::measure {
namespace {

std::int64_t tick_ns() {
  static const std::int64_t ns = 1'000'000'000 / std::max(1L, ::sysconf(_SC_CLK_TCK));
  return ns;
}

// Where the root of the hierarchy is mounted does not change while we run.
const std::optional<std::filesystem::path>& usage_file() {
  static const auto file = [] {
    auto root = root_cgroup_directory(read_text("/proc/self/mountinfo").value_or(""), "cpuacct");
    if (root) *root /= "cpuacct.usage_percpu";
    return root;
  }();
  return file;
}

// Kernels with CONFIG_IRQ_TIME_ACCOUNTING take interrupts out of every task's and every cgroup's time and keep them
// exactly in columns of their own. The network's work for loopback is such time: it must not be taken for others'.
// Kernels without it leave it in the task's time, and the columns are samples of no use.
bool interrupts_are_separate() {
  static const bool separate = [] {
    utsname system{};
    if (::uname(&system) != 0) return false;
    const auto config = read_text(std::filesystem::path{"/boot"} / (std::string{"config-"} + system.release));
    return config && config->find("\nCONFIG_IRQ_TIME_ACCOUNTING=y") != std::string::npos;
  }();
  return separate;
}

std::optional<std::int64_t> wall_ns(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus) {
  const auto elapsed = after.at_ns - before.at_ns;
  if (elapsed <= 0 || cpus.empty()) return std::nullopt;
  return elapsed * static_cast<std::int64_t>(cpus.size());
}

std::optional<std::int64_t> grown(const std::map<int, std::int64_t>& before, const std::map<int, std::int64_t>& after,
                                  const std::vector<int>& cpus) {
  std::int64_t sum = 0;
  for (const int cpu : cpus) {
    const auto first = before.find(cpu);
    const auto second = after.find(cpu);
    if (first == before.end() || second == after.end()) return std::nullopt;
    sum += std::max<std::int64_t>(0, second->second - first->second);
  }
  return sum;
}

}  // namespace

std::map<int, std::int64_t> parse_usage_percpu(std::string_view text) {
  std::map<int, std::int64_t> busy;
  for (int cpu = 0;; ++cpu) {
    const auto ns = parse_number<std::int64_t>(take_word(text));
    if (!ns) return busy;
    busy[cpu] = *ns;
  }
}

std::map<int, CpuTicks> parse_proc_stat(std::string_view text) {
  std::map<int, CpuTicks> cpus;
  while (text.starts_with("cpu")) {
    auto line = take_line(text);
    // The first line, "cpu", is the sum of all.
    const auto cpu = parse_number<int>(take_word(line).substr(3));
    if (!cpu) continue;
    CpuTicks ticks;
    for (auto* column : {&ticks.user, &ticks.nice, &ticks.system, &ticks.idle, &ticks.iowait, &ticks.irq,
                         &ticks.softirq, &ticks.steal}) {
      *column = parse_number<std::int64_t>(take_word(line)).value_or(0);
    }
    cpus[*cpu] = ticks;
  }
  return cpus;
}

CpuTimes read_cpu_times() {
  CpuTimes times;
  if (usage_file()) {
    times.at_ns = static_cast<std::int64_t>(now_ns());
    if (const auto text = read_text(*usage_file())) times.busy_ns = parse_usage_percpu(*text);
    if (!times.busy_ns.empty()) times.source = "cpuacct";
  }
  const auto stat_at_ns = static_cast<std::int64_t>(now_ns());
  if (times.source.empty()) times.at_ns = stat_at_ns;
  const auto stat = read_text("/proc/stat");
  if (!stat) return times;
  for (const auto& [cpu, ticks] : parse_proc_stat(*stat)) {
    times.steal_ns[cpu] = ticks.steal * tick_ns();
    if (times.source == "cpuacct") continue;
    auto others = ticks.idle + ticks.iowait + ticks.steal;
    if (interrupts_are_separate()) others += ticks.irq + ticks.softirq;
    times.busy_ns[cpu] = stat_at_ns - others * tick_ns();
  }
  if (times.source.empty() && !times.busy_ns.empty()) times.source = "proc-stat";
  return times;
}

std::optional<double> foreign_cpu_share(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus,
                                        double own_cpu_us) {
  if (before.source.empty() || before.source != after.source) return std::nullopt;
  const auto wall = wall_ns(before, after, cpus);
  const auto busy = grown(before.busy_ns, after.busy_ns, cpus);
  if (!wall || !busy) return std::nullopt;
  const auto foreign_ns = static_cast<double>(*busy) - own_cpu_us * 1000;
  return std::max(0.0, foreign_ns / static_cast<double>(*wall));
}

std::optional<double> steal_share(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus) {
  const auto wall = wall_ns(before, after, cpus);
  const auto stolen = grown(before.steal_ns, after.steal_ns, cpus);
  if (!wall || !stolen) return std::nullopt;
  return static_cast<double>(*stolen) / static_cast<double>(*wall);
}

/// What all threads of the process have used, those that have ended included.
std::optional<std::uint64_t> process_cpu_ns(pid_t pid) {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(used.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(used.tv_nsec);
}

}  // namespace bakeoff::measure

// Who else takes CPU now. The bounds are those by which a row is void.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"
#include "harness/doctor/topics.h"
#include "harness/validity/validity.h"

namespace bakeoff::doctor {
namespace {

constexpr std::size_t kMostShown = 6;

struct KernelThread {
  std::string_view beginning, what;
};
constexpr std::array<KernelThread, 9> kKernelThreads{{
    {"kdamond", "DAMON, the kernel's memory monitor"},
    {"ksoftirqd", "deferred network work of the kernel: a process sends or receives much"},
    {"kswapd", "the kernel looks for free memory: nearly all of it is in use"},
    {"kcompactd", "the kernel joins free memory into larger blocks"},
    {"khugepaged", "the kernel joins small pages into huge ones"},
    {"ksmd", "the kernel looks for pages of the same content"},
    {"kworker", "the kernel's deferred work, such as writing to disks"},
    {"jbd2", "a file system writes"},
    {"rcu", "the kernel frees data that has no reader left"},
}};

std::string what_is(const std::string& thread) {
  for (const KernelThread& known : kKernelThreads) {
    if (thread.starts_with(known.beginning)) return std::string(known.what);
  }
  return "a thread of the kernel";
}

/// A CPU that no trial uses, or else the last of the load's, where it disturbs figures of the load only.
int quietest_cpu(const measure::MachineFacts& machine) {
  const std::vector<int>& cpus = machine.cpus;
  for (int cpu = 0; static_cast<std::uint64_t>(cpu) < machine.cpus_online.value_or(0); ++cpu) {
    if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) return cpu;
  }
  return cpus.empty() ? 0 : cpus.back();
}

std::string mend_of(const DoctorFacts& facts, const Neighbour& neighbour) {
  // What is told can be taken back: whose process it is, and what hangs on it, is not known here. What the doctor runs
  // below would hand its CPU on to the next bakeoff.
  const auto move = [&](const char* threads) {
    return as_root(facts, fmt::format("taskset -{} {} {}", threads, quietest_cpu(facts.machine), neighbour.pid));
  };
  if (!neighbour.kernel_thread) return neighbour.pid == 1 || neighbour.above ? "" : move("apc");
  if (neighbour.name.starts_with("kdamond") && !facts.damon.empty()) {
    return write_as_root(facts, facts.damon.front().off, facts.damon.front().file);
  }
  if (neighbour.name.starts_with("ksmd")) return write_as_root(facts, "0", "/sys/kernel/mm/ksm/run");
  if (neighbour.name.starts_with("khugepaged")) {
    return write_as_root(facts, "0", "/sys/kernel/mm/transparent_hugepage/khugepaged/defrag");
  }
  return neighbour.bound ? "" : move("pc");
}

std::string why_of(const DoctorFacts& facts, const Neighbour& neighbour) {
  const std::string effect =
      "what it takes of a trial's CPUs is missing there: above 2 % wall-clock figures are void, "
      "above 20 % those of CPU time too";
  if (!neighbour.kernel_thread && neighbour.above) return effect + ". It is what this doctor was started from";
  if (!neighbour.kernel_thread) return effect + ". Stop it while bakeoff measures; on another CPU it disturbs less";
  std::string why = what_is(neighbour.name) + "; " + effect;
  if (neighbour.bound) why += ". It is bound to its CPU: it goes when its cause goes";
  if (neighbour.name.starts_with("kdamond")) {
    why +=
        facts.damon.empty()
            ? ". The one who switched it on can switch it off; on another CPU it disturbs less"
            : fmt::format(". To keep it, on another CPU: {}",
                          as_root(facts, fmt::format("taskset -pc {} {}", quietest_cpu(facts.machine), neighbour.pid)));
  }
  return why;
}

void judge_share(Findings& findings, const char* name, std::optional<double> share, double watched_s,
                 const std::string& why) {
  if (!share) return findings.not_visible(name, why);
  const auto found = fmt::format("{:.1f} % of all CPUs in {:.1f} s", *share * 100, watched_s);
  if (*share > validity::kVeryNoisyShare) {
    findings.trouble(name, found, why);
  } else if (*share > validity::kNoisyShare) {
    findings.note(name, found, why);
  } else {
    findings.good(name, found);
  }
}

void judge_pace(Findings& findings, const PaceFacts& pace) {
  const char* why =
      "equal work takes unequal CPU time: the hypervisor takes CPUs away without telling, or a neighbour shares the "
      "core. "
      "No rule of validity sees it, and figures vary by as much. Another hour, or another host";
  if (!pace.lost_share) return findings.not_visible("untold_steal", why);
  const auto found =
      fmt::format("{:.1f} % of the CPU time of work did nothing: pieces of {:.0f} us took up to {:.1f} ms",
                  *pace.lost_share * 100, pace.median_us, pace.longest_us / 1000);
  if (*pace.lost_share > validity::kVeryNoisyShare) {
    findings.trouble("untold_steal", found, why);
  } else if (*pace.lost_share > validity::kNoisyShare) {
    findings.note("untold_steal", found, why);
  } else {
    findings.good("untold_steal", found);
  }
}

}  // namespace

std::vector<DoctorFinding> neighbour_findings(const DoctorFacts& facts) {
  Findings findings("neighbours");
  const WatchFacts& watch = facts.watch;
  judge_share(findings, "in_use", watch.in_use_share, watch.watched_s,
              "trials whose CPUs others use by more than 2 % have no wall-clock figures, and by more than 20 % no "
              "figures at all. Short-lived processes (a build) are in this sum only");
  judge_share(findings, "steal", watch.steal_share, watch.watched_s,
              "the hypervisor gives this machine's CPUs to others: above 2 % a trial has no wall-clock figures, "
              "above 20 % none at all. Another hour, or another host");

  judge_pace(findings, facts.pace);

  std::size_t busy = 0;
  for (const Neighbour& each : watch.busiest) {
    if (each.cpu_share <= validity::kNoisyShare) continue;
    if (++busy > kMostShown) continue;
    const auto found = fmt::format("{} (pid {}{}) takes {:.1f} % of a CPU", each.name, each.pid,
                                   each.kernel_thread ? ", a kernel thread" : "", each.cpu_share * 100);
    const auto report = each.cpu_share > validity::kVeryNoisyShare ? &Findings::trouble : &Findings::note;
    (findings.*report)("busy_process", found, why_of(facts, each), mend_of(facts, each));
  }
  if (busy > kMostShown) {
    findings.note("busy_processes", fmt::format("{} more take over 2 % of a CPU", busy - kMostShown),
                  "this machine is at work: wait, or measure on another");
  }
  if (busy == 0) findings.good("busy_process", "none takes more than 2 % of a CPU");

  for (const OtherBakeoff& other : watch.bakeoffs) {
    const auto report = other.cpu_share > validity::kVeryNoisyShare ? &Findings::trouble : &Findings::note;
    (findings.*report)(
        "other_bakeoff",
        fmt::format("another bakeoff is running (pid {}); it and what it has started take {:.1f} % of a CPU", other.pid,
                    other.cpu_share * 100),
        "two that measure at the same time disturb each other, and the rows of both are void (noisy). Wait until it "
        "has ended; what it has started ends with it",
        "");
  }
  if (watch.bakeoffs.empty()) findings.good("other_bakeoff", "none runs");

  if (watch.servers.empty()) {
    findings.good("running_servers", "none that would be measured against");
  } else {
    std::vector<std::string> services;
    for (const ProgramFacts& program : facts.programs) {
      const bool runs =
          std::find(watch.servers.begin(), watch.servers.end(), program.need.program) != watch.servers.end();
      if (runs && !program.need.service.empty()) services.push_back(program.need.service);
    }
    findings.note("running_servers", fmt::format("{}", fmt::join(watch.servers, ", ")),
                  "it holds its port and wakes now and then, and is easily mistaken for the one that bakeoff starts",
                  facts.systemd && !services.empty()
                      ? as_root(facts, fmt::format("systemctl stop {}", fmt::join(services, " ")))
                      : "");
  }
  return findings.take();
}

}  // namespace bakeoff::doctor

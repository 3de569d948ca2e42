// What the kernel lets bakeoff do and see, and settings of it that change what is measured.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/doctor/topics.h"

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {
namespace {

constexpr std::uint64_t kUsualSlackNs = 50'000;

void judge_cgroups(const DoctorFacts& facts, Findings& findings) {
  const CgroupFacts& cgroup = facts.cgroup;
  if (cgroup.layout.empty()) {
    findings.note("cgroups", "not mounted", "the limits of a container, and what a trial used, are not seen");
  } else {
    findings.good("cgroups", cgroup.layout);
  }
  if (cgroup.of_a_trial) {
    findings.good("cgroup_of_a_trial", "can be made; CPU time by " + cgroup.counts_by);
  } else {
    findings.note(
        "cgroup_of_a_trial", "cannot be made",
        "CPU time is then summed over the processes that are alive at both ends of the window. What short-lived "
        "ones used in between is missing, so models that start a process per connection look too cheap",
        facts.root      ? ""
        : facts.systemd ? "systemd-run --user --scope -p Delegate=yes ./bakeoff run ..."
                        : "sudo ./bakeoff run ...");
  }
  if (cgroup.counts_memory) {
    findings.good("memory_cgroup", "counts the kernel's memory of a trial");
  } else {
    findings.note(
        "memory_cgroup", "none for a trial",
        "what the kernel holds per connection (stacks, sockets, buffers) is absent from tables of memory; the "
        "process's own memory is there",
        facts.root ? "" : "sudo ./bakeoff run ...");
  }
}

void judge_scheduler(const DoctorFacts& facts, Findings& findings) {
  const std::string why_slack =
      "every sleep and timeout of a subject comes later by up to this much, beyond what ordinary processes have (50 "
      "us)";
  if (!facts.timer_slack_ns) {
    findings.not_visible("timer_slack", why_slack);
  } else {
    const auto found = fmt::format("{} us", static_cast<double>(*facts.timer_slack_ns) / 1000);
    if (*facts.timer_slack_ns > kUsualSlackNs) {
      findings.note("timer_slack", found, why_slack, "echo 50000 > /proc/$$/timerslack_ns");
    } else {
      findings.good("timer_slack", found);
    }
  }
  if (!facts.autogroup) {
    findings.good("sched_autogroup", "not in this kernel");
  } else if (*facts.autogroup) {
    findings.note("sched_autogroup", "on",
                  "each session has a CPU share of its own: a process of another terminal gets as much as a subject "
                  "with all its threads, and a server that makes itself a session gets more than one that does not",
                  sysctl(facts, "kernel.sched_autogroup_enabled", "0"));
  } else {
    findings.good("sched_autogroup", "off");
  }
  static constexpr std::array<std::string_view, 4> fast = {"tsc", "kvm-clock", "arch_sys_counter",
                                                           "hyperv_clocksource_tsc_page"};
  const std::string& clock = facts.machine.clocksource;
  const std::string why_clock =
      "reading the clock may be a system call here, which takes about a microsecond and happens twice per request: "
      "the load costs more CPU, and the highest rates are not reached";
  if (clock.empty()) {
    findings.not_visible("clocksource", why_clock);
  } else if (std::find(fast.begin(), fast.end(), clock) != fast.end()) {
    findings.good("clocksource", clock);
  } else if (clock == "hpet" || clock == "acpi_pm") {
    findings.trouble("clocksource", clock, why_clock,
                     "cat /sys/devices/system/clocksource/clocksource0/available_clocksource");
  } else {
    findings.note("clocksource", clock, why_clock);
  }
}

/// Trials inherit both from the harness.
void judge_priority(const DoctorFacts& facts, Findings& findings) {
  const std::string why =
      "every other process goes before a subject and its load when they want the same CPU, which makes their rows "
      "noisy";
  const std::string& policy = facts.scheduling;
  if (!facts.nice || policy.empty()) {
    findings.not_visible("priority", why);
  } else if (policy == "fifo" || policy == "rr" || policy == "deadline") {
    findings.trouble(
        "priority", "real time (" + policy + ")",
        "threads of a subject keep each other and the harness off a CPU until they wait, and the kernel takes the "
        "CPU from all of them for 5 % of each second: models behave as they do nowhere in use",
        "chrt --other --pid 0 $$");
  } else if (policy == "idle") {
    findings.trouble("priority", "idle", why, "chrt --other --pid 0 $$");
  } else if (*facts.nice > 0) {
    findings.note("priority", fmt::format("nice {}", *facts.nice), why, as_root(facts, "renice -n 0 -p $$"));
  } else {
    findings.good("priority", fmt::format("nice {}", *facts.nice));
  }
}

void judge_instruments(const DoctorFacts& facts, Findings& findings) {
  const std::string why_events = "perf then sees user code only, and counts of context switches read 0";
  if (!facts.perf_event_paranoid) {
    findings.not_visible("perf_events", why_events);
  } else if (const auto found = fmt::format("perf_event_paranoid {}", *facts.perf_event_paranoid); facts.root) {
    findings.good("perf_events", found + ", which does not bind root");
  } else if (*facts.perf_event_paranoid > 1) {
    findings.note("perf_events", found, why_events + "; bakeoff itself reads /proc and is not affected",
                  sysctl(facts, "kernel.perf_event_paranoid", "1"));
  } else {
    findings.good("perf_events", found);
  }
  if (!facts.hardware_counters) {
    findings.not_visible("hardware_counters",
                         "cycles, instructions and cache misses explain why a subject costs much CPU");
  } else if (!*facts.hardware_counters) {
    findings.note("hardware_counters", "none",
                  "cycles, instructions and cache misses cannot be counted (a virtual machine without them): tables of "
                  "jobs have no column cache_misses, and only system calls and context switches explain why a subject "
                  "costs much CPU");
  } else {
    findings.good("hardware_counters", "there");
  }
}

/// The kernel's setting is one thing, whether the model runs another: this build may lack it, and a container's filter
/// may refuse what the setting allows. The model has tried.
void judge_io_uring(const DoctorFacts& facts, Findings& findings) {
  const auto& missing = facts.models.missing;
  const bool runs = std::ranges::find(missing, "io-uring", &MissingModel::name) == missing.end();
  const int disabled = facts.io_uring_disabled.value_or(0);
  if (disabled > 1 || (disabled == 1 && !facts.root)) {
    findings.note("io_uring", "forbidden", "the model io-uring cannot be run",
                  sysctl(facts, "kernel.io_uring_disabled", "0"));
  } else {
    const std::string allowed = disabled == 1 ? "allowed for root" : "allowed";
    findings.good("io_uring",
                  runs ? allowed : allowed + " by the kernel's setting, but not to be had (model_io_uring)");
  }
}

}  // namespace

std::vector<DoctorFinding> kernel_findings(const DoctorFacts& facts) {
  Findings findings("kernel");
  judge_cgroups(facts, findings);
  judge_scheduler(facts, findings);
  judge_priority(facts, findings);
  judge_instruments(facts, findings);
  judge_io_uring(facts, findings);
  return findings.take();
}

}  // namespace bakeoff::doctor

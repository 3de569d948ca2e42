// The CPUs: how many, whose they are, and how fast they run when.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/topics.h"

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {
namespace {

constexpr std::size_t kRoomyCpus = 4;  // From here on a subject has two or more.

void judge_count(const DoctorFacts& facts, Findings& findings) {
  const std::vector<int>& cpus = facts.machine.cpus;
  const std::string found = fmt::format("{} to use: {}", cpus.size(), cpus_in_words(cpus));
  if (cpus.empty()) {
    findings.not_visible("count", "subject and load get CPUs of their own only where it is known which there are");
  } else if (cpus.size() == 1) {
    findings.trouble(
        "count", found,
        "subject and load share it and disturb each other: throughput and latencies depend on both, and only "
        "CPU per request tells subjects apart. Give the machine or container two or more");
  } else if (cpus.size() < kRoomyCpus) {
    findings.note("count", found,
                  "the subject has one of them: what a model does with a second CPU, and what its locks cost then, is "
                  "not seen in tables of servers. Give the machine or container four or more");
  } else {
    findings.good("count", found);
  }
}

void judge_cpuset(const DoctorFacts& facts, Findings& findings) {
  const auto online = facts.machine.cpus_online;
  const std::size_t allowed = facts.machine.cpus.size();
  if (!online) {
    findings.not_visible("cpuset", "a CPU that bakeoff may not use can still take the caches and the turbo of its own");
  } else if (allowed < *online) {
    findings.note("cpuset", fmt::format("{} of the machine's {} CPUs may be used", allowed, *online),
                  "a cpuset, a container or taskset keeps bakeoff off the others. That is right if others "
                  "use those; otherwise subjects have fewer CPUs than the machine could give them");
  } else {
    findings.good("cpuset", fmt::format("all {} CPUs of the machine", *online));
  }
}

void judge_quota(const DoctorFacts& facts, Findings& findings) {
  const measure::MachineFacts& machine = facts.machine;
  const std::string why =
      "when the time of a period is used up, everything under the quota is stopped until the next: throughput and "
      "latencies are then those of the quota, and rows that it held up have none (throttled); CPU per request stays. A "
      "container gets more by --cpus, a service by CPUQuota=";
  const auto quota = machine.limits.cgroup_cpus_max;
  if (std::ranges::count(machine.could_not_read, "limits.cgroup_cpus_max") != 0) {
    findings.not_visible("quota", why);
  } else if (!quota) {
    findings.good("quota", "none");
  } else if (const std::string found = fmt::format("{:g} CPUs", *quota);
             *quota >= static_cast<double>(machine.cpus.size())) {
    findings.good("quota", fmt::format("{}, no fewer than may be used", found));
  } else {
    // That number of CPUs cannot use it up.
    const auto whole = static_cast<std::size_t>(*quota);
    const std::vector<int> few(machine.cpus.begin(), machine.cpus.begin() + static_cast<std::ptrdiff_t>(whole));
    findings.trouble("quota", fmt::format("{}, for {} that may be used", found, machine.cpus.size()), why,
                     few.size() < 2 ? "" : fmt::format("taskset -c {} ./bakeoff run ...", cpus_in_words(few)));
  }
}

std::vector<int> common(const std::vector<int>& some, const std::vector<int>& others) {
  std::vector<int> both;
  std::set_intersection(some.begin(), some.end(), others.begin(), others.end(), std::back_inserter(both));
  return both;
}

void judge_isolation(const DoctorFacts& facts, Findings& findings) {
  const std::vector<int>& allowed = facts.machine.cpus;
  if (!facts.isolated) {
    findings.not_visible("isolcpus", "the kernel spreads no threads over isolated CPUs, which subjects rely on");
  } else if (const auto ours = common(*facts.isolated, allowed); ours.size() > 1) {
    std::vector<int> rest;
    std::set_difference(allowed.begin(), allowed.end(), ours.begin(), ours.end(), std::back_inserter(rest));
    findings.trouble("isolcpus", fmt::format("{}, which bakeoff may use", cpus_in_words(ours)),
                     "the kernel does not spread threads over isolated CPUs: all units of a subject stay on the one "
                     "where it started, and models with several look like models with one",
                     rest.empty() ? "" : fmt::format("taskset -c {} ./bakeoff run ...", cpus_in_words(rest)));
  } else if (!facts.isolated->empty()) {
    findings.good("isolcpus", fmt::format("{}, which bakeoff does not use", cpus_in_words(*facts.isolated)));
  } else {
    findings.good("isolcpus", "none; rows say how much others took of a trial's CPUs");
  }

  const auto tickless = facts.nohz_full ? common(*facts.nohz_full, allowed) : std::vector<int>{};
  if (!tickless.empty()) {
    findings.note(
        "nohz_full", cpus_in_words(tickless),
        "every system call on these CPUs costs more, because the kernel accounts for each entry and exit: servers "
        "look slower than on an ordinary machine. Boot without nohz_full= to compare with one");
  } else {
    findings.good("nohz_full", "none");
  }
}

void judge_frequency(const DoctorFacts& facts, Findings& findings) {
  const measure::MachineFacts& machine = facts.machine;
  if (machine.governor.empty()) {
    findings.not_visible("governor",
                         "the hypervisor sets the frequency (a virtual machine), which may change between "
                         "two trials: believe ratios within a block, not absolute figures");
  } else if (machine.governor == "performance") {
    findings.good("governor", machine.governor);
  } else {
    findings.note(
        "governor", machine.governor,
        "the CPU is slow when it has little to do and takes time to speed up: a subject seems to cost more per "
        "request under a light load than under a heavy one",
        write_as_root(facts, "performance", "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"));
  }
  if (!machine.turbo) {
    findings.not_visible("turbo",
                         "with turbo the frequency depends on heat and on how many cores are busy, so the "
                         "result of a trial depends on what ran before it");
  } else if (*machine.turbo) {
    findings.note(
        "turbo", "on",
        "the frequency depends on heat and on how many cores are busy, so the result of a trial depends on what "
        "ran before it. Blocks in random order make up for it at the price of wider intervals",
        facts.intel_pstate ? write_as_root(facts, "1", "/sys/devices/system/cpu/intel_pstate/no_turbo")
                           : write_as_root(facts, "0", "/sys/devices/system/cpu/cpufreq/boost"));
  } else {
    findings.good("turbo", "off");
  }
}

}  // namespace

std::vector<DoctorFinding> cpu_findings(const DoctorFacts& facts) {
  Findings findings("cpu");
  const measure::MachineFacts& machine = facts.machine;
  judge_count(facts, findings);
  judge_cpuset(facts, findings);
  judge_quota(facts, findings);
  judge_isolation(facts, findings);
  judge_frequency(facts, findings);

  if (!machine.smt) {
    findings.not_visible("smt", "two CPUs may be one core, and each then slows the other down");
  } else if (*machine.smt) {
    findings.note(
        "smt", "on",
        "two CPUs are one core, and work on one slows the other down: the load may take CPU time away from the "
        "subject",
        // Half of the CPUs go with it, and two are the least that a trial wants.
        machine.cpus.size() < kRoomyCpus ? "" : write_as_root(facts, "off", "/sys/devices/system/cpu/smt/control"));
  } else {
    findings.good("smt", machine.virtualised.value_or(false) ? "off, as far as the hypervisor tells" : "off");
  }

  if (!machine.virtualised) {
    findings.not_visible("virtualised", "under a hypervisor, CPU time can be taken away, and waking up takes longer");
  } else if (*machine.virtualised) {
    findings.note(
        "virtualised", machine.virtualisation.empty() ? "yes" : machine.virtualisation,
        "the hypervisor may take a CPU away (steal), and waking an idle one goes through it and takes longer: "
        "prefer CPU per request to throughput and latency, and ratios to absolute figures");
  } else {
    findings.good("virtualised", machine.virtualisation.empty() ? "no" : "no; inside " + machine.virtualisation);
  }
  return findings.take();
}

}  // namespace bakeoff::doctor

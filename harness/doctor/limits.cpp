// How many descriptors, processes and threads there may be.
#include <fmt/format.h>

#include <algorithm>

#include "harness/doctor/topics.h"

#include "harness/doctor/finding_list.h"
#include "harness/doctor/root_commands.h"

namespace bakeoff::doctor {
namespace {

// Many connections, a descriptor each, and what a process has open besides.
constexpr std::uint64_t kManyFiles = 101'000;
constexpr std::uint64_t kSomeFiles = 11'000;
constexpr std::uint64_t kFewFiles = 1'024;
// One thread or process per connection in experiments with 10,000 of them.
constexpr std::uint64_t kManyTasks = 12'000;
constexpr std::uint64_t kManyThreads = 110'000;

void judge_files(const DoctorFacts& facts, Findings& findings) {
  const auto hard = facts.machine.limits.nofile_hard;
  if (!hard) return findings.not_visible("nofile", "a connection is a descriptor of the server and one of the load");
  const std::string found = count_in_words(*hard) + " (hard; the soft limit is raised to it)";
  if (*hard >= kManyFiles) return findings.good("nofile", count_in_words(*hard) + " (hard)");

  std::string why = *hard >= kSomeFiles ? "100,000 connections need several processes on both sides"
                                        : "10,000 connections need several processes on both sides";
  why += ", and rows of models with one process end at this limit";
  const bool bound = facts.root && !facts.may_raise_limits;
  if (bound) {
    why += ". This root may not raise it (no CAP_SYS_RESOURCE): start the container with --ulimit nofile=1048576";
  } else {
    why +=
        ". To keep it: \"* hard nofile 1048576\" in /etc/security/limits.conf; for a container --ulimit "
        "nofile=1048576";
  }
  const std::string mend = bound        ? ""
                           : facts.root ? "ulimit -Hn 1048576"
                                        : "sudo prlimit --pid $$ --nofile=1048576:1048576";
  return *hard > kFewFiles ? findings.note("nofile", found, why, mend) : findings.trouble("nofile", found, why, mend);
}

}  // namespace

std::vector<DoctorFinding> limit_findings(const DoctorFacts& facts) {
  Findings findings("limits");
  const measure::MachineLimits& limits = facts.machine.limits;
  judge_files(facts, findings);

  const auto judge = [&](const char* name, std::optional<std::uint64_t> value, std::uint64_t wanted, const char* why,
                         const std::string& mend) {
    if (!value) {
      findings.not_visible(name, why);
    } else if (*value < wanted) {
      findings.note(name, count_in_words(*value), why, mend);
    } else {
      findings.good(name, count_in_words(*value));
    }
  };
  if (facts.root || facts.may_raise_limits) {
    findings.good("nproc", facts.root ? "does not bind root" : "does not bind a user who may raise limits");
  } else {
    judge("nproc", limits.nproc_soft, kManyTasks,
          "models with a thread or process per connection end here, and everything else of this user counts as well",
          limits.nproc_soft && limits.nproc_hard && *limits.nproc_hard >= kManyTasks
              ? "ulimit -Su " + (*limits.nproc_hard == UINT64_MAX ? "unlimited" : std::to_string(*limits.nproc_hard))
              : "sudo prlimit --pid $$ --nproc=unlimited:unlimited");
  }
  judge("pid_max", limits.pid_max, kManyThreads,
        "the whole machine can have no more threads and processes than this at a time: models with one per connection "
        "end at about 31,000 connections with the usual 32,768",
        sysctl(facts, "kernel.pid_max", "131072"));
  judge("threads_max", limits.threads_max, kManyThreads,
        "the whole machine can have no more threads than this at a time: models with one per connection end there",
        sysctl(facts, "kernel.threads-max", "131072"));
  judge("cgroup_pids", limits.cgroup_pids_max, kManyTasks,
        "the cgroup that bakeoff runs in can have no more threads and processes than this: models with one per "
        "connection cannot serve 10,000 connections. For a container --pids-limit -1",
        facts.systemd ? as_root(facts, "systemctl set-property user-$(id -u).slice TasksMax=infinity") : "");
  const std::string why_time =
      "the kernel ends a process that has used so much CPU time: the harness itself in a long run, and subjects with "
      "it";
  if (!facts.cpu_time_s) {
    findings.not_visible("cpu_time", why_time);
  } else if (*facts.cpu_time_s == UINT64_MAX) {
    findings.good("cpu_time", "unlimited");
  } else {
    findings.trouble("cpu_time", count_in_words(*facts.cpu_time_s) + " s per process", why_time,
                     facts.root && facts.may_raise_limits ? "ulimit -t unlimited"
                                                          : "sudo prlimit --pid $$ --cpu=unlimited:unlimited");
  }
  return findings.take();
}

}  // namespace bakeoff::doctor

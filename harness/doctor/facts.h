// What bakeoff doctor looks at, besides the facts that every result holds. Plain data, filled by the read_*.h of this
// folder. Unknown is absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/machine_facts.h"
#include "harness/subjects/needed_program.h"

namespace bakeoff::doctor {

/// A program that is of use to bakeoff, or to a user who checks its figures.
struct UsefulProgram : subjects::NeededProgram {
  std::string what_for;   ///< Ends the sentence "it is there for ...".
  bool server = false;    ///< Used by the experiments with real servers; every other program is optional.
  std::string service{};  ///< What the package starts by itself where systemd runs; "" for nothing.
};

struct ProgramFacts {
  UsefulProgram need;
  std::filesystem::path path;  ///< "" when it was not found.
};

/// A model that this build lacks.
struct MissingModel {
  std::string name, missing;
};

/// The models of bakeoff-subject.
struct ModelsFacts {
  std::size_t count = 0;
  std::vector<MissingModel> missing;
  std::string could_not_ask;  ///< Why bakeoff-subject gave no answer; "" when it did.
};

/// Another process and the CPU time that it took while the doctor watched.
struct Neighbour {
  int pid = 0;
  std::string name;
  double cpu_share = 0;  ///< As a share of one CPU.
  bool kernel_thread = false;
  bool bound = false;  ///< A kernel thread that may not be moved to another CPU.
  bool above = false;  ///< The doctor runs below it: a shell, a terminal, a service of logins.
};

/// Another bakeoff that runs, with all that it has started: agents, subjects, real servers.
struct OtherBakeoff {
  int pid = 0;
  double cpu_share = 0;  ///< As a share of one CPU.
};

/// Everything that moved while the doctor watched.
struct WatchFacts {
  double watched_s = 0;
  std::vector<Neighbour> busiest;      ///< Busiest first, without idle ones and those of another bakeoff.
  std::vector<OtherBakeoff> bakeoffs;  ///< By process number.
  std::vector<std::string> servers;    ///< Known servers that run, except those of another bakeoff.
  std::optional<double> in_use_share;  ///< The share of all CPUs that everything except the doctor uses.
  std::optional<double> steal_share;   ///< The share of all CPUs that the hypervisor takes.
};

/// What equal pieces of work took of CPU time (read_pace.h).
struct PaceFacts {
  double median_us = 0, longest_us = 0;
  /// The share of all that CPU time by which pieces took longer than half as long again as the median.
  std::optional<double> lost_share;
};

struct CgroupFacts {
  std::string layout;          ///< "v2", "v1", "v1 and v2"; "" when none is mounted.
  bool of_a_trial = false;     ///< One for a trial can be made below our own.
  std::string counts_by;       ///< What its CPU time is read from: cgroup2, cpuacct.
  bool counts_memory = false;  ///< The kernel's memory of a trial can be read.
};

/// A file, and what is written there to switch something off.
struct OffSwitch {
  std::string file, off;
};

struct DoctorFacts {
  PaceFacts pace;
  measure::MachineFacts machine;
  bool root = false;
  bool may_raise_limits = false;            ///< CAP_SYS_RESOURCE: hard limits are no limit to us.
  std::optional<std::uint64_t> cpu_time_s;  ///< RLIMIT_CPU; UINT64_MAX for none.
  std::optional<int> nice;
  std::string scheduling;  ///< other, batch, idle, fifo, rr, ...: the policy that trials inherit.
  bool apt = false;        ///< apt-get is there.
  bool systemd = false;    ///< It runs the services of this machine.
  std::vector<ProgramFacts> programs;
  ModelsFacts models;
  std::optional<std::vector<int>> isolated, nohz_full;  ///< CPUs; empty for none.
  bool intel_pstate = false;                            ///< Says which file turns turbo off.
  CgroupFacts cgroup;
  std::optional<std::uint64_t> timer_slack_ns;
  std::optional<bool> autogroup;
  std::optional<int> perf_event_paranoid;
  std::optional<bool> hardware_counters;
  std::optional<int> io_uring_disabled;  ///< Absent in kernels before 6.6, which cannot disable it.
  std::vector<OffSwitch> damon;          ///< What keeps the kernel's memory monitor on.
  WatchFacts watch;
};

}  // namespace bakeoff::doctor

#include "harness/selftest/fault_runner.h"

#include "harness/load/coordinator.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/subjects/server.h"
#include "harness/validity/validity.h"

namespace bakeoff::selftest {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadyTimeout = 10s;
constexpr auto kLook = 250ms;  ///< At a time, when waiting for quiet.

subjects::Command command_for(const load::AgentPlan& plan, const workloads::Faults& faults) {
  subjects::Command command;
  std::vector<std::string>& argv = command.argv;
  argv = {subjects::subject_program().string(), "serve", "event-loop", plan.workload};
  const auto add = [&](const char* option, std::uint64_t value) {
    argv.insert(argv.end(), {option, std::to_string(value)});
  };
  if (plan.workload == "echo") add("--message-bytes", plan.load.message_bytes);
  if (faults.stall_at_request != 0) {
    add("--fault-stall-at", faults.stall_at_request);
    add("--fault-stall-ms", static_cast<std::uint64_t>(faults.stall / 1ms));
  }
  if (faults.wrong_every != 0) add("--fault-wrong-every", faults.wrong_every);
  if (faults.null) argv.emplace_back("--null");
  if (!plan.unix_socket.empty()) argv.insert(argv.end(), {"--unix-socket", plan.unix_socket});
  return command;
}

subjects::Server start(const subjects::Command& command) try {
  return subjects::Server::start(command, kReadyTimeout);
} catch (const subjects::SubjectError&) {
  if (subjects::interrupted) throw subjects::Interrupted();
  throw;
}

/// One end of the window.
struct Reading {
  measure::TreeUse subject;
  measure::CpuTimes cpus;
};

Reading read(const subjects::Server& server) {
  return {measure::measure_use({server.pid()}), measure::read_cpu_times()};
}

/// Nothing of ours runs in the meantime: all CPU time that is used here is that of other programs.
bool quiet(const measure::CpuTimes& before, const measure::CpuTimes& after, const std::vector<int>& cpus) {
  return measure::foreign_cpu_share(before, after, cpus, 0).value_or(0) <= validity::kNoisyShare &&
         measure::steal_share(before, after, cpus).value_or(0) <= validity::kNoisyShare;
}

void keep_greater(std::optional<double>& share, std::optional<double> other) {
  if (other && *other > share.value_or(-1)) share = other;
}

}  // namespace

FaultRunner::FaultRunner(std::chrono::nanoseconds patience) : patience_(patience) {
  const measure::CpuSplit split = measure::split_cpus(measure::allowed_cpus());
  subject_cpus_ = {split.subject.front()};
  load_cpus_ = {split.load.front()};
}

void FaultRunner::await_quiet(std::chrono::nanoseconds how_long) {
  std::chrono::nanoseconds quiet_for{0};
  for (measure::CpuTimes before = measure::read_cpu_times(); quiet_for < how_long && patience_ > 0s;
       patience_ -= kLook) {
    measure::sleep_until_ns(measure::now_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(kLook).count()),
                            subjects::interrupted);
    if (subjects::interrupted) throw subjects::Interrupted();
    const measure::CpuTimes after = measure::read_cpu_times();
    const bool was_quiet = quiet(before, after, subject_cpus_) && quiet(before, after, load_cpus_);
    quiet_for = was_quiet ? quiet_for + kLook : 0s;
    before = after;
  }
}

Observation FaultRunner::observe(load::AgentPlan plan, const workloads::Faults& faults) const {
  const subjects::ScratchFolder folder;
  if (!plan.unix_socket.empty()) plan.unix_socket = folder.path() / "socket";
  subjects::Command command = command_for(plan, faults);
  command.cpus = subject_cpus_;
  command.error_file = folder.path() / "stderr";
  subjects::Server server = start(command);
  plan.port = server.port();

  Observation seen;
  Reading before, after;
  {
    load::Coordinator load(plan, load_cpus_);
    std::vector<pid_t> both = load.agent_pids();
    both.push_back(server.pid());
    measure::QuotaWatch quota(both);
    const load::Coordinator::Window window = load.start();
    quota.begin();
    measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
    before = read(server);
    measure::sleep_until_ns(window.end_ns, subjects::interrupted);
    after = read(server);
    seen.quota = quota.end();
    if (subjects::interrupted) throw subjects::Interrupted();
    seen.client = load.result();
  }
  server.expect_alive();
  const subjects::Server::StopResult stopped = server.stop();
  if (subjects::interrupted) throw subjects::Interrupted();
  if (!stopped.receipt)
    throw subjects::SubjectError(journal::Outcome::died,
                                 "the subject " + stopped.ended.describe() + " and left no receipt");
  seen.server = *stopped.receipt;

  const double subject_us = measure::difference(before.subject, after.subject).cpu_us.value_or(0);
  double load_us = 0;
  for (const journal::GeneratorFacts& generator : seen.client.row.generators) load_us += generator.cpu_us;
  if (subject_cpus_ == load_cpus_) {
    seen.foreign_share = measure::foreign_cpu_share(before.cpus, after.cpus, load_cpus_, subject_us + load_us);
  } else {
    seen.foreign_share = measure::foreign_cpu_share(before.cpus, after.cpus, subject_cpus_, subject_us);
    keep_greater(seen.foreign_share, measure::foreign_cpu_share(before.cpus, after.cpus, load_cpus_, load_us));
  }
  seen.steal_share = measure::steal_share(before.cpus, after.cpus, subject_cpus_);
  keep_greater(seen.steal_share, measure::steal_share(before.cpus, after.cpus, load_cpus_));
  return seen;
}

}  // namespace bakeoff::selftest

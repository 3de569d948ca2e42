#include "harness/selftest/bench.h"

#include "harness/experiment/scratch_folder.h"
#include "harness/load/coordinator.h"
#include "harness/load/monotonic.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/places.h"
#include "harness/subjects/server.h"
#include "harness/validity/validity.h"

namespace bakeoff {
namespace {

using namespace std::chrono_literals;

constexpr auto kReadyTimeout = 10s;
constexpr auto kLook = 250ms;  ///< At a time, when waiting for quiet.

Command command_for(const AgentPlan& plan, const Faults& faults) {
  Command command;
  std::vector<std::string>& argv = command.argv;
  argv = {subject_program().string(), "serve", "event-loop", plan.workload};
  const auto add = [&](const char* option, std::uint64_t value) {
    argv.insert(argv.end(), {option, std::to_string(value)});
  };
  if (plan.workload == "echo") add("--message-bytes", plan.message_bytes);
  if (faults.stall_at_request != 0) {
    add("--fault-stall-at", faults.stall_at_request);
    add("--fault-stall-ms", static_cast<std::uint64_t>(faults.stall / 1ms));
  }
  if (faults.wrong_every != 0) add("--fault-wrong-every", faults.wrong_every);
  if (faults.null) argv.emplace_back("--null");
  return command;
}

Server start(const Command& command) try { return Server::start(command, kReadyTimeout); } catch (const SubjectError&) {
  if (interrupted) throw Interrupted();
  throw;
}

/// One end of the window.
struct Reading {
  TreeUse subject;
  CpuTimes cpus;
};

Reading read(const Server& server) {
  return {measure_use({server.pid()}), read_cpu_times()};
}

/// Nothing of ours runs in the meantime: whoever is on these CPUs is somebody else.
bool quiet(const CpuTimes& before, const CpuTimes& after, const std::vector<int>& cpus) {
  return foreign_cpu_share(before, after, cpus, 0).value_or(0) <= kNoisyShare &&
         steal_share(before, after, cpus).value_or(0) <= kNoisyShare;
}

void keep_greater(std::optional<double>& share, std::optional<double> other) {
  if (other && *other > share.value_or(-1)) share = other;
}

}  // namespace

Bench::Bench(std::chrono::nanoseconds patience) : patience_(patience) {
  const CpuSplit split = split_cpus(allowed_cpus());
  subject_cpus_ = {split.subject.front()};
  load_cpus_ = {split.load.front()};
}

void Bench::await_quiet(std::chrono::nanoseconds how_long) {
  std::chrono::nanoseconds quiet_for{0};
  for (CpuTimes before = read_cpu_times(); quiet_for < how_long && patience_ > 0s; patience_ -= kLook) {
    sleep_until_ns(now_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(kLook).count()));
    if (interrupted) throw Interrupted();
    const CpuTimes after = read_cpu_times();
    const bool was_quiet = quiet(before, after, subject_cpus_) && quiet(before, after, load_cpus_);
    quiet_for = was_quiet ? quiet_for + kLook : 0s;
    before = after;
  }
}

Observation Bench::observe(AgentPlan plan, const Faults& faults) const {
  const ScratchFolder folder;
  Command command = command_for(plan, faults);
  command.cpus = subject_cpus_;
  command.error_file = folder.path() / "stderr";
  Server server = start(command);
  plan.port = server.port();

  Observation seen;
  Reading before, after;
  {
    Coordinator load(plan, load_cpus_);
    std::vector<pid_t> both = load.agent_pids();
    both.push_back(server.pid());
    QuotaWatch quota(both);
    const Coordinator::Window window = load.start();
    quota.begin();
    sleep_until_ns(window.begin_ns);
    before = read(server);
    sleep_until_ns(window.end_ns);
    after = read(server);
    seen.quota = quota.end();
    if (interrupted) throw Interrupted();
    seen.client = load.result();
  }
  server.expect_alive();
  const Server::Stopped stopped = server.stop();
  if (interrupted) throw Interrupted();
  if (!stopped.receipt)
    throw SubjectError(Outcome::died, "the subject " + stopped.ended.describe() + " and left no receipt");
  seen.server = *stopped.receipt;

  const double subject_us = difference(before.subject, after.subject).cpu_us.value_or(0);
  double load_us = 0;
  for (const GeneratorFacts& generator : seen.client.row.generators) load_us += generator.cpu_us;
  if (subject_cpus_ == load_cpus_) {
    seen.foreign_share = foreign_cpu_share(before.cpus, after.cpus, load_cpus_, subject_us + load_us);
  } else {
    seen.foreign_share = foreign_cpu_share(before.cpus, after.cpus, subject_cpus_, subject_us);
    keep_greater(seen.foreign_share, foreign_cpu_share(before.cpus, after.cpus, load_cpus_, load_us));
  }
  seen.steal_share = steal_share(before.cpus, after.cpus, subject_cpus_);
  keep_greater(seen.steal_share, steal_share(before.cpus, after.cpus, load_cpus_));
  return seen;
}

}  // namespace bakeoff

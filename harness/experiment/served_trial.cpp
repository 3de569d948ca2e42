#include "harness/experiment/served_trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/experiment/connection_memory.h"
#include "harness/experiment/limits.h"
#include "harness/experiment/memory_need.h"
#include "harness/experiment/neighbours.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_environment.h"
#include "harness/experiment/trial_load.h"
#include "harness/experiment/unit_memory.h"
#include "harness/load/coordinator.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/frequency.h"
#include "harness/measure/memory_available.h"
#include "harness/measure/monotonic.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::experiment {
namespace {

/// Reading the switches of a tree takes about 20 us per thread. It is done before the window, in the drain gap, so that
/// it takes nothing from the load. It gets twice the time that it took with all connections open, and at least this:
/// then no window begins late for ten thousand threads.
constexpr std::uint64_t kReadAheadNs = 10'000'000;
constexpr std::uint64_t kLeadOfReadingNs = load::Coordinator::kWindowLeadNs - kReadAheadNs;

/// What the subject and its CPUs have used so far.
struct Reading {
  std::uint64_t at_ns = 0;  ///< When the CPU was read.
  std::optional<measure::CpuReading> cgroup;
  measure::TreeUse tree;
  MachineReading machine;
};

/// Both ends of the window are read in the same order: CPU first, at the moment asked for. At the beginning the tree is
/// read ahead (see kReadAheadNs), at the end behind, when nothing is sent any more either.
void read_cpu(Reading& reading, const measure::Cgroup& subject, const measure::Cgroup& load) {
  reading.at_ns = measure::now_ns();
  reading.cgroup = subject.read_cpu();
  reading.machine = read_machine(load);
}

journal::SubjectRow cost_of(const Reading& before, const Reading& after, double window_s, std::size_t cpus) {
  journal::SubjectRow cost;
  const measure::TreeDifference tree = measure::difference(before.tree, after.tree);
  if (before.cgroup && after.cgroup) {
    cost.cpu_us = after.cgroup->total_us - before.cgroup->total_us;
    cost.cpu_source = after.cgroup->source;
    if (before.cgroup->user_us && after.cgroup->user_us) {
      // The split is scaled to the exact sum at each reading and may step back a little.
      cost.cpu_user_us = std::max(0.0, *after.cgroup->user_us - *before.cgroup->user_us);
    }
    if (before.cgroup->system_us && after.cgroup->system_us) {
      cost.cpu_system_us = std::max(0.0, *after.cgroup->system_us - *before.cgroup->system_us);
    }
  } else if (tree.cpu_us) {
    cost.cpu_us = tree.cpu_us;
    cost.cpu_source = "schedstat";
  }
  cost.cpu_window_s = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
  if (cost.cpu_us && window_s > 0) cost.cpu_share = *cost.cpu_us / (window_s * 1e6 * static_cast<double>(cpus));
  cost.switches_voluntary = tree.voluntary;
  cost.switches_involuntary = tree.involuntary;
  cost.minor_faults = tree.minor_faults;
  cost.major_faults = tree.major_faults;
  return cost;
}

/// Everything from the load's first connection to the last byte; the connections are closed on return.
void measure(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject, subjects::Server& server,
             const TrialEnvironment& environment, const measure::Cgroup& agents) {
  journal::Trial& row = trial.row;
  const measure::Cgroup& cgroup = environment.cgroup();
  const auto processes = [&] { return environment.processes(server.pid()); };
  const SubjectMemory memory_before = read_subject_memory(processes(), environment.memory());
  load::Coordinator load(load_plan_of(row, table, subject, server.port()), row.load_cpus, agents.join_files());
  Reading before, after;
  const std::uint64_t tried_ns = measure::now_ns();
  measure::measure_use(processes());
  const std::uint64_t read_ahead_ns = std::max(kReadAheadNs, 2 * (measure::now_ns() - tried_ns));
  measure::QuotaWatch subject_quota({server.pid()}), load_quota(load.agent_pids());
  const load::Coordinator::Window window = load.start(kLeadOfReadingNs + read_ahead_ns);
  measure::sleep_until_ns(window.begin_ns - read_ahead_ns, subjects::interrupted);
  before.tree = measure::measure_use(processes());
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  subject_quota.begin();
  load_quota.begin();
  measure::sleep_until_ns(window.begin_ns, subjects::interrupted);
  read_cpu(before, cgroup, agents);
  measure::sleep_until_ns(window.end_ns, subjects::interrupted);
  read_cpu(after, cgroup, agents);
  row.subject_quota = subject_quota.end();
  row.load_quota = load_quota.end();
  row.frequency_mhz = measure::mean_mhz(mhz_before, measure::frequency_mhz(row.subject_cpus));
  if (subjects::interrupted) throw subjects::Interrupted();
  const auto pids = processes();
  after.tree = measure::measure_use(pids);
  const measure::TreeSize size = measure::measure_size(pids);

  load::AgentResult result = load.result();
  server.expect_alive();
  row.client = result.row;
  row.client_receipt = result.receipt;
  trial.histograms = result.latency;
  journal::SubjectRow cost = cost_of(before, after, result.row.window_s, row.subject_cpus.size());
  if (cost.cpu_us && result.row.replies_ok != 0) {
    cost.cpu_us_per_request = *cost.cpu_us / static_cast<double>(result.row.replies_ok);
  }
  note_memory(cost, memory_before, read_subject_memory(pids, environment.memory()),
              connections_held(row.params, result.row), subject.holds_connection);
  cost.rss_end_kib = size.rss_kib;
  cost.threads_peak = size.threads;
  cost.processes_peak = size.processes;
  cost.startup_ms = server.startup_ms();
  double lanes_us = 0;
  for (const journal::GeneratorFacts& generator : result.row.generators) lanes_us += generator.cpu_us;
  note_neighbours(row, before.machine.cpus, after.machine.cpus,
                  own_cpu_use(before.machine, after.machine, cost.cpu_us, lanes_us));
  row.subject_cost = cost;
  if (!result.complaint.empty()) row.outcome_detail = result.complaint;
}

journal::Outcome outcome_of(load::LoadError::Cause cause) {
  switch (cause) {
    case load::LoadError::Cause::server:
      return journal::Outcome::errors;
    case load::LoadError::Cause::limit:
      return journal::Outcome::limit;
    case load::LoadError::Cause::agent:
      return journal::Outcome::not_run;
  }
  return journal::Outcome::not_run;
}

/// Throws SubjectError where its units would need more memory than there is.
void expect_to_fit(const journal::Trial& row, const subjects::Subject& subject, std::span<const journal::Trial> earlier,
                   const std::vector<std::filesystem::path>& join, std::uint64_t limit_kib) {
  const auto available = measure::available_memory_kib();
  if (!available) return;
  const auto few = measure_unit_memory(row, subject, earlier, join);
  const std::string why =
      why_it_does_not_fit(row, subject, few ? std::span(&*few, 1) : earlier, std::min(*available, limit_kib));
  if (!why.empty()) throw subjects::SubjectError(journal::Outcome::limit, why);
}

}  // namespace

void run_served_trial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject,
                      std::span<const journal::Trial> earlier) {
  journal::Trial& row = trial.row;
  TrialEnvironment environment(subject, row.params);
  const measure::Cgroup agents = environment.create_agents_cgroup();
  try {
    expect_to_fit(row, subject, earlier, environment.join(), environment.limit().kib());
    const auto served = start_subject(row, subject, environment.folder(), environment.join(), 0, environment.watch());
    try {
      measure(trial, table, subject, served->server(), environment, agents);
    } catch (const load::LoadError& error) {
      served->server().expect_alive();  // Its death explains better why the load failed.
      trial.load_failed = error.cause == load::LoadError::Cause::agent;
      row.outcome = outcome_of(error.cause);
      row.outcome_detail = error.what();
    }
    served->stop(row);
  } catch (const subjects::SubjectError& error) {
    throw environment.limit().explain(error);
  }
  note_limits(row, subject);
  // Some of its processes were killed, and the rest continued to serve.
  if (const std::string violation = environment.limit().violation(); !violation.empty()) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = violation + (row.outcome_detail.empty() ? "" : "; " + row.outcome_detail);
  }
}

}  // namespace bakeoff::experiment

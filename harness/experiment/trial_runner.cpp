#include "harness/experiment/trial_runner.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "harness/experiment/unit_memory.h"
#include "harness/experiment/limits.h"
#include "harness/experiment/connection_memory.h"
#include "harness/experiment/memory_limit.h"
#include "harness/experiment/memory_need.h"
#include "harness/experiment/neighbours.h"
#include "harness/subjects/scratch_folder.h"
#include "harness/experiment/served_subject.h"
#include "harness/experiment/trial_load.h"
#include "harness/load/coordinator.h"
#include "harness/load/monotonic.h"
#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_quota.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/frequency.h"
#include "harness/measure/memory_available.h"
#include "harness/measure/memory_cgroup.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/server.h"
#include "harness/validity/validity.h"

namespace bakeoff::experiment {
namespace {

using namespace std::chrono_literals;

constexpr auto kJobTimeout = 120s;
constexpr int kRefused = 2;  ///< bakeoff-subject's exit status for what was asked wrongly, or cannot be.
/// Reading the switches of a tree takes about 20 us a thread. It is done at least this long before the window, in the
/// drain gap, so that it takes nothing from the load: twice as long as it took with all connections open, and no window
/// begins late for ten thousand threads.
constexpr std::uint64_t kReadAheadNs = 10'000'000;
/// Of the agents' cgroup, behind the name of the subject's.
constexpr const char* kAgentsSuffix = "-agents";

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

/// What the subject and its CPUs have used so far.
struct Reading {
  std::uint64_t at_ns = 0;  ///< Of the CPU readings.
  std::optional<measure::CpuReading> cgroup;
  measure::TreeUse tree;
  MachineReading machine;
};

std::vector<pid_t> subject_pids(const measure::Cgroup& cgroup, pid_t leader) {
  return cgroup.present() ? cgroup.processes() : measure::descendants(leader);
}

/// Both ends of the window are read in the same order: CPU first, at the moment asked for. At the beginning the tree is
/// read ahead (see kReadAheadNs), at the end behind, when nothing is sent any more either.
void read_cpu(Reading& reading, const measure::Cgroup& subject, const measure::Cgroup& load) {
  reading.at_ns = load::now_ns();
  reading.cgroup = subject.read_cpu();
  reading.machine = read_machine(load);
}

/// Before and after: where they differ, the mean is as good as any.
std::optional<double> mean(std::optional<double> one, std::optional<double> other) {
  return one && other ? std::optional((*one + *other) / 2) : std::nullopt;
}

std::optional<double> load_average() {
  double minute = 0;
  return ::getloadavg(&minute, 1) == 1 ? std::optional(minute) : std::nullopt;
}

double tree_cpu_us(const measure::CpuReading& before, const measure::CpuReading& after) {
  return after.total_us - before.total_us;
}

journal::SubjectRow cost_of(const Reading& before, const Reading& after, double window_s, std::size_t cpus) {
  journal::SubjectRow cost;
  const measure::TreeDifference tree = measure::difference(before.tree, after.tree);
  if (before.cgroup && after.cgroup) {
    cost.cpu_us = tree_cpu_us(*before.cgroup, *after.cgroup);
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

/// The cgroups of a trial.
struct Cgroups {
  measure::Cgroup subject;
  measure::MemoryCgroup memory;  ///< The subject's; made where the crowd's memory is asked for, and for a limit.
  /// The agents' own account has their idle and slow connections too, and what they do beside the lanes.
  measure::Cgroup agents;
};

/// Everything from the load's first connection to the last byte; the connections are closed on return.
void measure(journal::Trial& row, const TableSpec& table, const subjects::Subject& subject, subjects::Server& server, const Cgroups& cgroups,
             TrialResult& measured) {
  const auto& [cgroup, kernel, agents] = cgroups;
  const SubjectMemory memory_before = read_subject_memory(subject_pids(cgroup, server.pid()), kernel);
  load::Coordinator load(load_plan_of(row, table, subject, server.port()), row.load_cpus, agents.join_files());
  Reading before, after;
  const std::uint64_t tried_ns = load::now_ns();
  measure::measure_use(subject_pids(cgroup, server.pid()));
  const std::uint64_t read_ahead_ns = std::max(kReadAheadNs, 2 * (load::now_ns() - tried_ns));
  measure::QuotaWatch subject_quota({server.pid()}), load_quota(load.agent_pids());
  const load::Coordinator::Window window = load.start(read_ahead_ns + load::Coordinator::kWindowLeadNs - kReadAheadNs);
  load::sleep_until_ns(window.begin_ns - read_ahead_ns);
  before.tree = measure::measure_use(subject_pids(cgroup, server.pid()));
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  subject_quota.begin();
  load_quota.begin();
  load::sleep_until_ns(window.begin_ns);
  read_cpu(before, cgroup, agents);
  load::sleep_until_ns(window.end_ns);
  read_cpu(after, cgroup, agents);
  row.subject_quota = subject_quota.end();
  row.load_quota = load_quota.end();
  row.frequency_mhz = mean(mhz_before, measure::frequency_mhz(row.subject_cpus));
  if (load::interrupted) throw load::Interrupted();
  const auto pids = subject_pids(cgroup, server.pid());
  after.tree = measure::measure_use(pids);
  const measure::TreeSize size = measure::measure_size(pids);

  load::AgentResult result = load.result();
  server.expect_alive();
  row.client = result.row;
  row.client_receipt = result.receipt;
  measured.histograms = result.latency;
  journal::SubjectRow cost = cost_of(before, after, result.row.window_s, row.subject_cpus.size());
  if (cost.cpu_us && result.row.replies_ok != 0) {
    cost.cpu_us_per_request = *cost.cpu_us / static_cast<double>(result.row.replies_ok);
  }
  note_memory(cost, memory_before, read_subject_memory(pids, kernel), connections_held(row.params, result.row),
              subject.holds_connection);
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

void run_server(journal::Trial& row, const TableSpec& table, const subjects::Subject& subject, std::span<const journal::Trial> earlier,
                TrialResult& measured) {
  const subjects::ScratchFolder folder;
  const std::string name = folder.path().filename().string();
  Cgroups cgroups{
      .subject = measure::Cgroup::create(name), .memory = {}, .agents = measure::Cgroup::create(name + kAgentsSuffix)};
  if (row.params.load.idle > 0 || subject.foreign) {
    cgroups.memory = measure::MemoryCgroup::create(
        name, cgroups.subject,
        row.params.load.idle > 0 ? measure::MemoryCgroup::Use::kernel_memory : measure::MemoryCgroup::Use::limit_only);
  }
  MemoryLimit limit(subject, cgroups.memory);
  std::vector<std::filesystem::path> join = cgroups.subject.join_files();
  for (const auto& file : cgroups.memory.join_files()) join.push_back(file);
  folder.remember_cgroups(join);
  folder.remember_cgroups(cgroups.agents.join_files());
  const auto watch = [&](pid_t leader) { limit.watch([&, leader] { return subject_pids(cgroups.subject, leader); }); };
  try {
    expect_to_fit(row, subject, earlier, join, limit.kib());
    ServedSubject served(row, subject, folder.path(), join, 0, watch);
    try {
      measure(row, table, subject, served.server(), cgroups, measured);
    } catch (const load::LoadError& error) {
      served.server().expect_alive();  // its death explains the load's trouble better
      measured.load_failed = error.cause == load::LoadError::Cause::agent;
      row.outcome = outcome_of(error.cause);
      row.outcome_detail = error.what();
    }
    served.stop(row);
  } catch (const subjects::SubjectError& error) {
    throw limit.explain(error);
  }
  note_limits(row, subject);
  // A part of it went, and the rest served on.
  if (const std::string met = limit.violation(); !met.empty()) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = met + (row.outcome_detail.empty() ? "" : "; " + row.outcome_detail);
  }
}

/// Of what a job or a probe says when it has ended.
void note_job(journal::Trial& row, const nlohmann::ordered_json& said) {
  journal::JobRow job;
  said.at("executor").get_to(job.executor);
  said.at("answer").get_to(job.answer);
  said.at("right").get_to(job.answer_right);
  said.at("elapsed_ns").get_to(job.elapsed_ns);
  const nlohmann::ordered_json figures = said.at("figures");
  for (const auto& [name, value] : figures.items()) job.figures.push_back({name, value.get<double>()});
  job.evidence = said.value("evidence", job.evidence);
  journal::ServerReceipt receipt;
  receipt.units_created = said.at("units_created").get<std::uint64_t>();
  if (said.contains("peak_live_units")) receipt.peak_live_units = said.at("peak_live_units").get<std::uint64_t>();
  receipt.settings = said.at("settings").get<std::map<std::string, std::string>>();
  if (!job.answer_right) row.outcome_detail = said.value("complaint", "wrong answer");
  if (said.contains("limit")) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = said.at("limit");
    receipt.limit = row.outcome_detail;
  }
  row.job = job;
  row.server_receipt = receipt;
}

void run_job(journal::Trial& row, const subjects::Subject& subject) {
  const subjects::ScratchFolder folder;
  subjects::Command command = subjects::command_to_run(subject, row.workload, row.params);
  command.cpus = row.subject_cpus;
  command.error_file = folder.path() / "stderr";
  const measure::Cgroup no_load;
  const auto mhz_before = measure::frequency_mhz(row.subject_cpus);
  measure::QuotaWatch quota({::getpid()});  // The job stays in this cgroup.
  quota.begin();
  const MachineReading before = read_machine(no_load);
  subjects::Process process = subjects::Process::start(command);
  const auto line = process.read_line(kJobTimeout);
  if (load::interrupted) throw load::Interrupted();
  const auto ended = process.wait(line || process.output_ended() ? 2s : 0s);
  const MachineReading after = read_machine(no_load);
  row.subject_quota = quota.end();
  row.frequency_mhz = mean(mhz_before, measure::frequency_mhz(row.subject_cpus));
  if (!ended) throw subjects::SubjectError(journal::Outcome::died, "the job did not end within its time");
  const auto said = nlohmann::ordered_json::parse(line.value_or(""), nullptr, false);
  if (!said.is_object()) {
    // It says what it cannot do before it begins.
    const bool refused = ended->exited && ended->status == kRefused;
    const std::string why = process.last_output();
    if (refused) throw subjects::SubjectError(journal::Outcome::not_run, why);
    throw subjects::explain_end(*ended, why, false);
  }
  note_job(row, said);

  const auto us = [](const timeval& t) { return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec); };
  journal::SubjectRow cost;
  // The whole program, from exec to exit: what the kernel tells the parent that reaps it.
  cost.cpu_user_us = us(ended->usage.ru_utime);
  cost.cpu_system_us = us(ended->usage.ru_stime);
  cost.cpu_us = *cost.cpu_user_us + *cost.cpu_system_us;
  cost.cpu_source = "wait4";
  cost.switches_voluntary = static_cast<std::uint64_t>(ended->usage.ru_nvcsw);
  cost.switches_involuntary = static_cast<std::uint64_t>(ended->usage.ru_nivcsw);
  cost.minor_faults = static_cast<std::uint64_t>(ended->usage.ru_minflt);
  cost.major_faults = static_cast<std::uint64_t>(ended->usage.ru_majflt);
  row.subject_cost = cost;
  note_neighbours(row, before.cpus, after.cpus, own_cpu_use(before, after, cost.cpu_us, 0));
}

std::vector<int> all_cpus(const measure::CpuSplit& split) {
  std::set<int> cpus(split.subject.begin(), split.subject.end());
  cpus.insert(split.load.begin(), split.load.end());
  return {cpus.begin(), cpus.end()};
}

/// What every row begins with; the subject is nullptr where there is none of this name.
const subjects::Subject* begin_row(journal::Trial& row, const TableSpec& table, const TrialContext& context) {
  row.started_at = utc_now();
  row.harness_hash = context.harness_hash;
  assign_cpus(row, table, context);
  const subjects::Subject* subject = context.inventory.find(row.subject);
  if (subject != nullptr) row.subject_hash = subject->program_hash;
  return subject;
}

}  // namespace

void assign_cpus(journal::Trial& row, const TableSpec& table, const TrialContext& context) {
  // A job has no load beside it: it gets every CPU.
  row.subject_cpus = table.is_served() ? context.cpus.subject : all_cpus(context.cpus);
  if (table.one_cpu) row.subject_cpus.resize(1);
  if (table.is_served()) row.load_cpus = table.one_cpu ? row.subject_cpus : context.cpus.load;
  if (table.kind == journal::TrialKind::probe) return;
  const subjects::Subject* subject = context.inventory.find(row.subject);
  if (table.units == kOneUnitPerCpu || (!table.is_served() && !table.units)) row.params.units = row.subject_cpus.size();
  if (!table.is_served() && subject != nullptr && subject->units) row.params.units = subject->units;
}

journal::Trial not_started(journal::Trial row, const TableSpec& table, const TrialContext& context, const std::string& why) {
  begin_row(row, table, context);
  row.outcome = journal::Outcome::not_run;
  row.outcome_detail = why;
  validity::judge(row);
  return row;
}

TrialResult run_trial(journal::Trial row, const TableSpec& table, const TrialContext& context) {
  TrialResult measured;
  const subjects::Subject* subject = begin_row(row, table, context);
  row.load_average_before = load_average();
  try {
    if (subject == nullptr) {
      row.outcome = journal::Outcome::not_run;
      row.outcome_detail = "no such subject";
    } else if (!table.is_served() && subject->foreign) {
      row.outcome = journal::Outcome::not_run;
      row.outcome_detail = "a server runs no jobs";
    } else if (!subject->missing.empty() && table.kind != journal::TrialKind::job) {
      row.outcome = journal::Outcome::not_run;
      row.outcome_detail = "needs " + subject->missing;
    } else if (!table.is_served()) {
      run_job(row, *subject);
    } else if (const std::string refusal = subjects::why_not_served(*subject, row.workload, row.params); !refusal.empty()) {
      row.outcome = journal::Outcome::not_run;
      row.outcome_detail = refusal;
    } else {
      run_server(row, table, *subject, context.earlier, measured);
    }
  } catch (const subjects::SubjectError& error) {
    if (load::interrupted) throw load::Interrupted();
    row.outcome = error.outcome;
    row.outcome_detail = error.what();
  } catch (const std::system_error& error) {
    if (load::interrupted) throw load::Interrupted();
    // What this program cannot do itself, it cannot do for the next subject either.
    if (!subjects::is_resource_exhaustion(error.code().value())) throw;
    // A limit that the machine met with this subject, told in the row like any other.
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = error.what();
  }
  if (load::interrupted) throw load::Interrupted();
  row.load_average_after = load_average();
  validity::judge(row);
  if (measured.load_failed) row.validity[std::string(validity::metric::kEverything)] = validity::reason::kLoadFailed;
  measured.row = std::move(row);
  return measured;
}

}  // namespace bakeoff::experiment

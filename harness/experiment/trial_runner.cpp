#include "harness/experiment/trial_runner.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <set>
#include <system_error>

#include "harness/experiment/job_trial.h"
#include "harness/experiment/queue_trial.h"
#include "harness/experiment/startup_trial.h"
#include "harness/load/coordinator.h"
#include "harness/measure/utc_time.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/interruption.h"
#include "harness/subjects/process.h"
#include "harness/subjects/server.h"
#include "harness/subjects/subject.h"
#include "harness/validity/validity.h"

namespace bakeoff::experiment {
namespace {

std::optional<double> load_average() {
  double minute = 0;
  return ::getloadavg(&minute, 1) == 1 ? std::optional(minute) : std::nullopt;
}

std::vector<int> all_cpus(const measure::CpuSplit& split) {
  std::set<int> cpus(split.subject.begin(), split.subject.end());
  cpus.insert(split.load.begin(), split.load.end());
  return {cpus.begin(), cpus.end()};
}

/// What every row begins with; the subject is nullptr where there is none of this name.
const subjects::Subject* begin_row(journal::Trial& row, const TableSpec& table, const TrialContext& context) {
  row.started_at = measure::utc_now();
  row.harness_hash = context.harness_hash;
  assign_cpus(row, table, context);
  const subjects::Subject* subject = context.inventory.find(row.subject);
  if (subject != nullptr) row.subject_hash = subject->program_hash;
  return subject;
}

/// Why the subject is not started at all; "" when it can be.
std::string why_not_run(const journal::Trial& row, const TableSpec& table, const subjects::Subject* subject) {
  if (subject == nullptr) return "no such subject";
  if (table.kind == journal::TrialKind::job) return subjects::why_not_run(*subject, table.work);
  if (table.is_queue()) return subjects::why_not_working(*subject);
  if (table.has_servers()) return subjects::why_not_started(*subject, row.workload, row.params);
  return subjects::why_not_there(*subject);
}

}  // namespace

TrialNeeds needs_of(const TableSpec& table, const journal::Trial& row, const TrialContext& context) {
  TrialNeeds needs;
  if (table.files && context.files != nullptr) needs.files = context.files->root_of(*table.files);
  if (table.back_end && context.back_ends != nullptr) {
    needs.back_end = context.back_ends->get(*table.back_end, row.load_cpus);
  }
  return needs;
}

void assign_cpus(journal::Trial& row, const TableSpec& table, const TrialContext& context) {
  // A job has no load beside it: it gets every CPU.
  row.subject_cpus = table.has_load() ? context.cpus.subject : all_cpus(context.cpus);
  if (table.one_cpu) row.subject_cpus.resize(1);
  if (table.has_load()) row.load_cpus = table.one_cpu ? row.subject_cpus : context.cpus.load;
  if (table.kind == journal::TrialKind::probe) return;
  const subjects::Subject* subject = context.inventory.find(row.subject);
  if (table.units == subjects::kOneUnitPerCpu || (!table.has_servers() && !table.units))
    row.params.units = row.subject_cpus.size();
  if (!table.has_servers() && subject != nullptr && subject->units) row.params.units = subject->units;
}

journal::Trial not_started(journal::Trial row, const TableSpec& table, const TrialContext& context,
                           const std::string& why) {
  begin_row(row, table, context);
  row.outcome = journal::Outcome::not_run;
  row.outcome_detail = why;
  validity::judge(row);
  return row;
}

const subjects::Subject* begin_trial(journal::Trial& row, const TableSpec& table, const TrialContext& context) {
  const subjects::Subject* subject = begin_row(row, table, context);
  row.load_average_before = load_average();
  if (const std::string why = why_not_run(row, table, subject); !why.empty()) {
    row.outcome = journal::Outcome::not_run;
    row.outcome_detail = why;
  }
  return subject;
}

bool run_stage(TrialResult& trial, const std::function<void()>& stage) {
  journal::Trial& row = trial.row;
  try {
    stage();
  } catch (const subjects::SubjectError& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    row.outcome = error.outcome;
    row.outcome_detail = error.what();
  } catch (const std::system_error& error) {
    if (subjects::interrupted) throw subjects::Interrupted();
    // What this program cannot do itself, it cannot do for the next subject either.
    if (!subjects::is_resource_exhaustion(error.code().value())) throw;
    // A limit that the machine met with this subject: the row says so like any other.
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = error.what();
  }
  if (subjects::interrupted) throw subjects::Interrupted();
  return row.outcome == journal::Outcome::ok;
}

void end_trial(TrialResult& trial) {
  journal::Trial& row = trial.row;
  row.load_average_after = load_average();
  validity::judge(row);
  if (trial.load_failed) row.validity[std::string(validity::metric::kEverything)] = validity::reason::kLoadFailed;
}

TrialResult run_trial(journal::Trial planned, const TableSpec& table, const TrialContext& context) {
  TrialResult trial{.row = std::move(planned), .histograms = {}};
  const subjects::Subject* subject = begin_trial(trial.row, table, context);
  if (trial.row.outcome == journal::Outcome::ok) {
    run_stage(trial, [&] {
      if (table.is_startup()) return run_startup_trial(trial.row, *subject);
      if (table.is_queue()) return run_queue_trial(trial, *subject, context.inventory);
      table.is_served() ? run_served_trial(trial, table, *subject, needs_of(table, trial.row, context), context.earlier)
                        : run_job_trial(trial.row, *subject);
    });
  }
  end_trial(trial);
  return trial;
}

}  // namespace bakeoff::experiment

// bakeoff job EXECUTOR-OR-MODEL JOB: a job on one kind of unit, once, or with each choice of the setting that it is
// about (job_choices.h). bakeoff probe NAME: one mechanism measured, once.
#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/check_jobs.h"
#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/job_choices.h"
#include "harness/commands/render.h"
#include "harness/experiment/table_subjects.h"
#include "harness/experiment/trial_runner.h"
#include "harness/input/resolve_name.h"
#include "harness/journal/trial_json.h"
#include "harness/report/job_choices.h"
#include "harness/report/job_summary.h"
#include "harness/report/text_layout.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/foreign_build.h"
#include "harness/subjects/variant.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

/// Prints the row as JSON, or its summary, and returns the exit status.
int finish(const journal::Trial& row, const std::string& format, const std::string& summary) {
  fmt::print("{}", format == "json" ? journal::trial_to_json(row) + "\n" : summary);
  if (row.outcome != journal::Outcome::ok || !row.outcome_detail.empty()) {
    // What voids all of it is said where nothing else went wrong.
    const std::string reason = validity::void_reason(row, validity::metric::kEverything);
    const bool is_void = row.outcome == journal::Outcome::ok && !reason.empty();
    fmt::print(stderr, "bakeoff: {}: {}\n", is_void ? reason : validity::outcome_name(row.outcome), row.outcome_detail);
  }
  if (!row.job) return kFailed;
  return validity::void_reason(row, validity::metric::kEverything).empty() ? kDone : kNoValid;
}

journal::Trial job_row(journal::TrialKind kind, const std::string& subject, const std::string& work) {
  journal::Trial row;
  row.trial_id = row.experiment = name_of(kind);
  row.subject = subject;
  row.workload = work;
  row.params.kind = kind;
  return row;
}

/// The summary of the row, with what the choice does that was asked for.
std::string summary_with_choice(const journal::Trial& row, const subjects::JobFacts& job) {
  const report::TerminalStyle style = stdout_style();
  std::string text = report::job_summary(row, style);
  const std::string choice = row.job ? report::choice_in_words(row, job) : "";
  if (choice.empty()) return text;
  for (const std::string& line : report::wrap("  " + choice, style.width, 4)) text += line + "\n";
  return text;
}

}  // namespace

int job_command(const JobOptions& options) {
  subjects::Inventory inventory = full_inventory();
  const std::vector<subjects::Role> roles{subjects::Role::model, subjects::Role::executor};
  const std::vector<std::string> jobs = entry_names(inventory.jobs);
  const std::string model = take_subject_folder(options.model, inventory);
  const SubjectAndWork words = swap_if_reversed(inventory, {model, options.job}, jobs, roles);
  const subjects::Subject subject = check_subject(inventory, words.subject, roles);
  experiment::TableSpec table;
  table.kind = journal::TrialKind::job;
  table.work = check_name("job", words.work, jobs);
  if (const auto fault = experiment::why_not_in_table(table, subject.name, inventory)) {
    throw UsageError(fmt::format("found {}, expected {}", fault->found, fault->expected));
  }
  if (options.units && subject.units) check_units(subject, options.units);
  const subjects::JobFacts& job = *std::ranges::find(inventory.jobs, table.work, &subjects::JobFacts::name);
  table.units = options.units;
  if (!table.units && !subject.units) table.units = job.units;
  journal::Trial row = job_row(table.kind, subject.name, table.work);
  row.params.units = table.units;
  row.params.job_size = options.size;
  const std::vector<std::string> choices = with_each_choice(subject, job, inventory);
  const std::vector<std::string> names = choices.empty() ? std::vector{subject.name} : choices;
  subjects::add_variants(inventory, names);
  subjects::prepare_subjects(inventory, names, tell_user);
  const experiment::TrialContext context{inventory, measure::split_cpus(measure::allowed_cpus()), ""};
  if (!choices.empty()) return run_choices(choices, row, job, table, context, options.format);
  check_job_row(row, table, context);
  row = experiment::run_trial(row, table, context).row;
  return finish(row, options.format, summary_with_choice(row, job));
}

int probe_command(const ProbeOptions& options) {
  subjects::Inventory inventory = full_inventory();
  std::vector<std::string> subjects;
  const std::string probe = take_subject_folder(options.probe, inventory);
  const input::ResolvedName measured = input::resolve_name(probe, subjects::measured_names(inventory), tell_user);
  if (!measured.fault) {
    input::tell_substitution(tell_user, "", probe, measured.name);
    subjects = subjects::probes_that_measure(inventory, measured.name);
  } else {
    subjects.push_back(check_subject(inventory, probe, {subjects::Role::probe}).name);
  }
  subjects::add_variants(inventory, subjects);
  subjects::prepare_subjects(inventory, subjects, tell_user);
  const experiment::TrialContext context{inventory, measure::split_cpus(measure::allowed_cpus()), ""};
  const bool json = options.format == "json", several = subjects.size() > 1;
  int worst = kDone;
  // Several probes are one document, which grows as they end.
  if (json && several) fmt::print("[");
  for (const std::string& name : subjects) {
    if (json && name != subjects.front()) fmt::print(",");
    const subjects::Subject& subject = *inventory.find(name);
    experiment::TableSpec table;
    table.kind = journal::TrialKind::probe;
    table.work = subject.measures;
    const journal::Trial row = experiment::run_trial(job_row(table.kind, name, subject.measures), table, context).row;
    worst = std::max(worst, finish(row, options.format, report::probe_summary(row, subject.summary, stdout_style())));
  }
  if (json && several) fmt::print("]\n");
  return worst;
}

}  // namespace bakeoff::commands

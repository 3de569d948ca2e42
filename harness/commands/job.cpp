// bakeoff job EXECUTOR-OR-MODEL JOB: a job on one kind of unit, once. bakeoff probe NAME: one mechanism measured, once.
#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/check_jobs.h"
#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/show.h"
#include "harness/experiment/nearest.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/trial_json.h"
#include "harness/report/job_summary.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/variant.h"
#include "harness/validity/validity.h"

namespace bakeoff {
namespace {

/// Prints the row, or of it what a reader wants to know.
int finish(const Trial& row, const std::string& format, const std::string& summary) {
  fmt::print("{}", format == "json" ? trial_to_json(row) + "\n" : summary);
  if (row.outcome != Outcome::ok || !row.outcome_detail.empty()) {
    fmt::print(stderr, "bakeoff: {}: {}\n", outcome_name(row.outcome), row.outcome_detail);
  }
  if (!row.job) return kFailed;
  return row.job->answer_right ? kDone : kNoValid;
}

Trial row_of(const std::string& kind, const std::string& subject, const std::string& work) {
  Trial row;
  row.trial_id = row.experiment = kind;
  row.subject = subject;
  row.workload = work;
  row.params.load = kind;
  return row;
}

}  // namespace

int job_command(const JobOptions& options) {
  Offer offer = ask_builtin();
  const std::vector<Role> roles{Role::model, Role::executor};
  const std::vector<std::string> jobs = entry_names(offer.jobs);
  const SubjectAndWork words = in_order(offer, {options.model, options.job}, jobs, roles);
  const Subject subject = check_subject(offer, words.subject, roles);
  add_variants(offer, {subject.name});
  TableSpec table;
  table.job = check_name("job", words.work, jobs);
  if (const auto unfit = names_of(offer).misplaced(subject.name, TableKind::job, table.job)) {
    throw UsageError(fmt::format("found {}, expected {}", unfit->found, unfit->expected));
  }
  if (options.units && subject.units) check_units(subject, options.units);
  table.units = options.units;
  Trial row = row_of("job", subject.name, table.job);
  row.params.units = options.units;
  row.params.job_size = options.size;
  const TrialSetting setting{offer, split_cpus(allowed_cpus()), ""};
  check_job_row(row, table, setting);
  row = run_trial(row, table, setting).row;
  return finish(row, options.format, job_summary(row, stdout_style()));
}

int probe_command(const ProbeOptions& options) {
  Offer offer = ask_builtin();
  const Names names = names_of(offer);
  std::vector<std::string> subjects;
  if (const auto measure = meant(options.probe, names.measures)) {
    if (*measure != options.probe) tell_user(taken(options.probe, *measure));
    subjects = names.probes(*measure);
  } else {
    subjects.push_back(check_subject(offer, options.probe, {Role::probe}).name);
  }
  add_variants(offer, subjects);
  const bool json = options.format == "json", several = subjects.size() > 1;
  int worst = kDone;
  // A group is one document, which grows as its probes end.
  if (json && several) fmt::print("[");
  for (const std::string& name : subjects) {
    if (json && name != subjects.front()) fmt::print(",");
    const Subject& subject = *offer.find(name);
    TableSpec table;
    table.job = subject.measures;
    table.is_probe = true;
    const Trial row =
        run_trial(row_of("probe", name, subject.measures), table, {offer, split_cpus(allowed_cpus()), ""}).row;
    worst = std::max(worst, finish(row, options.format, probe_summary(row, subject.summary, stdout_style())));
  }
  if (json && several) fmt::print("]\n");
  return worst;
}

}  // namespace bakeoff

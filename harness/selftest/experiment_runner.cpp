#include "harness/selftest/experiment_runner.h"

#include <fmt/format.h>

#include <utility>

#include "harness/experiment/plan.h"
#include "harness/experiment/runner.h"
#include "harness/load/coordinator.h"
#include "harness/measure/hash.h"
#include "harness/subjects/builtin.h"
#include "harness/subjects/interruption.h"
#include "harness/validity/validity.h"

namespace bakeoff::selftest {

ExperimentRunner::ExperimentRunner(const FaultRunner& fault_runner, OnTrial on_trial)
    : inventory_(subjects::describe_subject_program()),
      cpus_{fault_runner.subject_cpus(), fault_runner.load_cpus(),
            fault_runner.subject_cpus() == fault_runner.load_cpus()},
      harness_hash_(measure::content_hash("/proc/self/exe")),
      on_trial_(std::move(on_trial)) {}

std::vector<journal::Trial> ExperimentRunner::measure(const Experiment& experiment) const {
  const experiment::Plan plan = experiment::make_plan(experiment.spec);
  subjects::Inventory inventory = inventory_;
  inventory.subjects = experiment.subjects;
  const experiment::TrialContext context{inventory, cpus_, harness_hash_};
  std::vector<journal::Trial> rows;
  const auto trial = [&](const experiment::PlannedTrial& next, int attempt) -> experiment::TrialStatus {
    if (subjects::interrupted) return {.begun = false};
    on_trial_(fmt::format("{} of {} · {}{}", rows.size() + 1, plan.trials.size(), next.trial_id,
                          attempt > 1 ? " once more" : ""));
    journal::Trial row = experiment::planned_row(plan, next);
    row.attempt = attempt;
    rows.push_back(experiment::run_trial(std::move(row), plan.spec.tables[next.table], context).row);
    return experiment::trial_status(rows.back());
  };
  const experiment::RunCallbacks callbacks{
      .trial = trial,
      .check_precision = [](const experiment::TableSpec&, std::uint64_t) { return experiment::Precision::hopeless; },
      .table_done = [](const experiment::TableSpec&) {},
      .elapsed_s = [] { return 0.0; }};
  if (experiment::overall_stop_reason(experiment::run_plan(plan, callbacks)) == experiment::StopReason::interrupted)
    throw subjects::Interrupted();
  return rows;
}

}  // namespace bakeoff::selftest

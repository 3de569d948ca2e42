#include "harness/selftest/experiment_runner.h"

#include <fmt/format.h>

#include <utility>

#include "harness/experiment/plan.h"
#include "harness/experiment/plan_runner.h"
#include "harness/load/coordinator.h"
#include "harness/measure/hash.h"
#include "harness/report/leading_ratios.h"
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
  const auto block = [&](std::span<const experiment::PlannedTrial> next, int attempt) {
    std::vector<experiment::TrialStatus> statuses;
    const experiment::TableSpec& table = plan.spec.tables[next.front().table];
    if (!why_one_by_one(plan.spec, table, rows).empty()) return statuses;
    if (subjects::interrupted) return std::vector<experiment::TrialStatus>{{.begun = false}};
    on_trial_(fmt::format("{} of {} · block {} of {}{}", rows.size() + 1, plan.trials.size(), next.front().block + 1,
                          table.name, attempt > 1 ? " once more" : ""));
    std::vector<journal::Trial> planned;
    for (const experiment::PlannedTrial& one : next) {
      planned.push_back(experiment::planned_row(plan, one));
      planned.back().attempt = attempt;
    }
    for (experiment::TrialResult& measured :
         experiment::run_sliced_block(std::move(planned), table, rounds_in(table), context)) {
      rows.push_back(std::move(measured.row));
      statuses.push_back(experiment::trial_status(rows.back()));
    }
    return statuses;
  };
  const experiment::RunCallbacks callbacks{
      .trial = trial,
      .block = block,
      .check_precision =
          [&](const experiment::TableSpec& table, std::uint64_t blocks) {
            report::ReportInfo info;
            info.baseline = plan.spec.baseline;
            return experiment::precision_from(report::precision_reached(
                rows, table.name, info, blocks, plan.spec.subjects.size(), *plan.spec.precision, plan.spec.blocks));
          },
      .table_done = [](const experiment::TableSpec&) {},
      .elapsed_s = [] { return 0.0; }};
  if (experiment::overall_stop_reason(experiment::run_plan(plan, callbacks)) == experiment::StopReason::interrupted)
    throw subjects::Interrupted();
  return rows;
}

std::vector<journal::Trial> ExperimentRunner::measure_slices(const Experiment& experiment,
                                                             std::span<const experiment::SliceShape> shapes,
                                                             std::size_t cycles) const {
  const experiment::Plan plan = experiment::make_plan(experiment.spec);
  subjects::Inventory inventory = inventory_;
  inventory.subjects = experiment.subjects;
  std::vector<journal::Trial> planned;
  for (const experiment::PlannedTrial& one : plan.trials) planned.push_back(experiment::planned_row(plan, one));
  std::vector<experiment::SliceShape> rounds;
  for (std::size_t cycle = 0; cycle < cycles; ++cycle) rounds.insert(rounds.end(), shapes.begin(), shapes.end());
  on_trial_(fmt::format("{} slices", rounds.size() * planned.size()));
  std::vector<journal::Trial> rows;
  const experiment::TrialContext context{inventory, cpus_, harness_hash_};
  for (experiment::TrialResult& measured :
       experiment::run_sliced_block(std::move(planned), plan.spec.tables.front(), rounds, context)) {
    rows.push_back(std::move(measured.row));
  }
  return rows;
}

}  // namespace bakeoff::selftest

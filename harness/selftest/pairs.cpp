#include "harness/selftest/pairs.h"

#include <fmt/format.h>

#include <utility>

#include "harness/experiment/plan.h"
#include "harness/experiment/runner.h"
#include "harness/load/coordinator.h"
#include "harness/measure/hash.h"
#include "harness/subjects/builtin.h"

namespace bakeoff {

Pairs::Pairs(const Bench& bench, Tell tell)
    : offer_(ask_builtin()),
      cpus_{bench.subject_cpus(), bench.load_cpus(), bench.subject_cpus() == bench.load_cpus()},
      harness_hash_(content_hash("/proc/self/exe")),
      tell_(std::move(tell)) {}

std::vector<Trial> Pairs::measure(const Experiment& experiment) const {
  const Plan plan = make_plan(experiment.spec);
  Offer offer = offer_;
  offer.subjects = experiment.subjects;
  const TrialSetting setting{offer, cpus_, harness_hash_};
  std::vector<Trial> rows;
  const auto trial = [&](const PlannedTrial& next) {
    if (interrupted) return false;
    tell_(fmt::format("{} of {} · {}", rows.size() + 1, plan.trials.size(), next.trial_id));
    rows.push_back(run_trial(planned_row(plan, next), plan.spec.tables[next.table], setting).row);
    return true;
  };
  const auto no_budget = [] { return 0.0; };
  if (run_plan(plan, {trial, [](const TableSpec&) {}, no_budget}) != Stopped::complete) throw Interrupted();
  return rows;
}

}  // namespace bakeoff

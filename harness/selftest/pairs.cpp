#include "harness/selftest/pairs.h"

#include <fmt/format.h>

#include <utility>

#include "harness/experiment/plan.h"
#include "harness/experiment/runner.h"
#include "harness/load/coordinator.h"
#include "harness/measure/hash.h"
#include "harness/subjects/builtin.h"
#include "harness/validity/validity.h"

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
  const auto trial = [&](const PlannedTrial& next, int attempt) -> Ran {
    if (interrupted) return {.begun = false};
    tell_(fmt::format("{} of {} · {}{}", rows.size() + 1, plan.trials.size(), next.trial_id,
                      attempt > 1 ? " once more" : ""));
    Trial row = planned_row(plan, next);
    row.attempt = attempt;
    rows.push_back(run_trial(std::move(row), plan.spec.tables[next.table], setting).row);
    return ran(rows.back());
  };
  const Hands hands{.trial = trial,
                    .precise = [](const TableSpec&, std::uint64_t) { return Precision::hopeless; },
                    .table_done = [](const TableSpec&) {},
                    .elapsed_s = [] { return 0.0; }};
  if (stopped(run_plan(plan, hands)) == Stopped::interrupted) throw Interrupted();
  return rows;
}

}  // namespace bakeoff

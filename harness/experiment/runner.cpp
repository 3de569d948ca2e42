#include "harness/experiment/runner.h"

namespace bakeoff {

Stopped run_plan(const Plan& plan, const Hands& hands) {
  for (std::size_t i = 0; i < plan.trials.size(); ++i) {
    const PlannedTrial& next = plan.trials[i];
    const bool new_block = i == 0 || plan.trials[i - 1].table != next.table || plan.trials[i - 1].block != next.block;
    // The first block always begins: a run without a row would say nothing.
    if (i != 0 && new_block && plan.spec.budget_s && hands.elapsed_s() > *plan.spec.budget_s) return Stopped::budget;
    if (!hands.trial(next)) return Stopped::interrupted;
    const bool last_of_table = i + 1 == plan.trials.size() || plan.trials[i + 1].table != next.table;
    if (last_of_table) hands.table_done(plan.spec.tables[next.table]);
  }
  return Stopped::complete;
}

}  // namespace bakeoff

#include "harness/commands/check_jobs.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/subjects/builtin.h"

namespace bakeoff::commands {

void check_job_row(journal::Trial row, const experiment::TableSpec& table,
                   const experiment::TrialContext& context) try {
  const subjects::Subject* subject = context.inventory.find(row.subject);
  if (subject == nullptr || subject->foreign) return;  // Told in its row.
  experiment::assign_cpus(row, table, context);
  subjects::check_job(*subject, row.workload, row.params);
} catch (const std::invalid_argument& error) {
  throw UsageError(error.what());
}

void check_jobs(const experiment::Plan& plan, const experiment::TrialContext& context) {
  for (const experiment::PlannedTrial& trial : plan.trials) {
    const experiment::TableSpec& table = plan.spec.tables[trial.table];
    if (trial.block != 0 || table.kind != journal::TrialKind::job) continue;
    try {
      check_job_row(experiment::planned_row(plan, trial), table, context);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("table \"{}\": {}", table.name, error.what()));
    }
  }
}

}  // namespace bakeoff::commands

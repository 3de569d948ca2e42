#include "harness/commands/check_jobs.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/subjects/builtin.h"

namespace bakeoff {

void check_job_row(Trial row, const TableSpec& table, const TrialSetting& setting) try {
  const Subject* subject = setting.offer.find(row.subject);
  if (subject == nullptr || subject->foreign) return;  // Told in its row.
  place(row, table, setting);
  check_job(*subject, row.workload, row.params);
} catch (const std::invalid_argument& error) {
  throw UsageError(error.what());
}

void check_jobs(const Plan& plan, const TrialSetting& setting) {
  for (const PlannedTrial& trial : plan.trials) {
    const TableSpec& table = plan.spec.tables[trial.table];
    if (trial.block != 0 || !table.is_job() || table.is_probe) continue;
    try {
      check_job_row(planned_row(plan, trial), table, setting);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("table \"{}\": {}", table.name, error.what()));
    }
  }
}

}  // namespace bakeoff

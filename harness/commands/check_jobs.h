// Finds jobs whose settings, size and units do not go together before anything runs.
#pragma once

#include "harness/experiment/plan.h"
#include "harness/experiment/trial_runner.h"

namespace bakeoff::commands {

/// Asks the subject's program about every job of the plan, once per table and subject, which takes some milliseconds
/// each. Throws UsageError in one line that names the table.
void check_jobs(const experiment::Plan& plan, const experiment::TrialContext& context);

/// The same for the job of one row.
void check_job_row(journal::Trial row, const experiment::TableSpec& table, const experiment::TrialContext& context);

}  // namespace bakeoff::commands

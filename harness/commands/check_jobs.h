// Jobs with settings, sizes and units that mean nothing together are found before anything runs.
#pragma once

#include "harness/experiment/plan.h"
#include "harness/experiment/trial_runner.h"

namespace bakeoff::commands {

/// Asks the subject's program about every job of the plan, once for each subject of a table. Throws UsageError in one
/// line that says which table. Some ms a subject.
void check_jobs(const experiment::Plan& plan, const experiment::TrialContext& context);

/// The same for one row.
void check_job_row(journal::Trial row, const experiment::TableSpec& table, const experiment::TrialContext& context);

}  // namespace bakeoff::commands

// Judges the job line of a program of others (workloads/PROTOCOLS.md): by what our own job answers, computed here.
#pragma once

#include <cstdint>
#include <string>

#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"
#include "workloads/jobs/job.h"

namespace bakeoff::experiment {

/// The size of the job that is meant by none.
std::uint64_t default_job_size(const std::string& job);

/// Whether the job is about the memory of units that are all there: it is read while they are.
bool measures_memory(const std::string& job);

/// Enters into the row, whose subject, work, units, size and settings are known, whether the answer is right, and the
/// job's figures. Blocks while the right answer is computed, once for each combination. Throws SubjectError, not_run,
/// for a job whose answer cannot be told from outside, or that cannot have this size and units.
void judge_reported_job(journal::Trial& row, const subjects::Subject& subject,
                        const workloads::jobs::ReportedRun& reported);

}  // namespace bakeoff::experiment

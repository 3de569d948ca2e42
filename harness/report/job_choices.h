// The choices of the setting that a job is about, beside each other: `bakeoff job thread shared-count` shows what each
// discipline loses and costs. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/journal/trial.h"
#include "harness/report/table.h"
#include "harness/subjects/subject.h"

namespace bakeoff::report {

/// A line for each choice, in the order of the rows: what its answers say (job_verdict.h), the answer that was to be
/// expected where some may be lost, and the job's compared figures as median and range. The notes say what each choice
/// does. The rows are of one job with one setting but for this choice, which their subjects name; a block of them is
/// one run of each choice.
Table job_choices_table(std::span<const journal::Trial> rows, const subjects::JobFacts& job);

/// What the row's choice does, as a sentence: "way=order breaks circular wait: ...". "" for a job that is about no
/// setting, and for a row without a job.
std::string choice_in_words(const journal::Trial& row, const subjects::JobFacts& job);

}  // namespace bakeoff::report

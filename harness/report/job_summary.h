// What `bakeoff job` and `bakeoff probe` print of their row: void figures struck out, with the reason below. Pure.
#pragma once

#include <string>

#include "harness/journal/trial.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report {

/// A line for the job with the verdict on its answer (job_verdict.h), then one for each figure of its own and each
/// sentence of what it has seen, then why something is void. "" for a row without a job.
std::string job_summary(const journal::Trial& row, const TerminalStyle& style);

/// The same of a probe, whose line is what it does, in its own words.
std::string probe_summary(const journal::Trial& row, const std::string& what_it_does, const TerminalStyle& style);

}  // namespace bakeoff::report

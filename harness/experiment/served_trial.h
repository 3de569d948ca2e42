// The trial of a server under a load, ours or foreign: start, ready, verify, connect, warm up, measure, stop.
#pragma once

#include <span>

#include "harness/experiment/spec.h"
#include "harness/experiment/trial_result.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// `trial.row` brings its identity, params and CPUs, and keeps what was measured even if this throws. Blocks for the
/// length of the trial. `earlier` rows tell whether the subject fits into memory. Throws SubjectError, Interrupted, or
/// std::system_error for what the harness cannot do itself.
void run_served_trial(TrialResult& trial, const TableSpec& table, const subjects::Subject& subject,
                      std::span<const journal::Trial> earlier);

}  // namespace bakeoff::experiment

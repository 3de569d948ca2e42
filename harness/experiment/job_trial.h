// The trial of a job or a probe: a program runs to its end on every CPU of the trial and says what it found.
#pragma once

#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// `row` brings its identity, params and CPUs. Blocks until the program has ended. Throws SubjectError, Interrupted, or
/// std::system_error for what the harness cannot do itself.
void run_job_trial(journal::Trial& row, const subjects::Subject& subject);

}  // namespace bakeoff::experiment

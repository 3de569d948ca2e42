// The trial of workers that take jobs from a queue: a Redis of its own is started on the load's CPUs, the harness puts
// the jobs in, the workers do them, and the records say what became of each.
//
// Where the table asks for it, a worker process is killed when half of the jobs are recorded. What it had taken and not
// acknowledged is put back after a while, as a queue's visibility timeout does, and a program that was killed as a
// whole is started again, as a supervisor does.
#pragma once

#include "harness/experiment/trial_result.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// The name of the subject that is the queue's server.
inline constexpr const char* kQueueServer = "redis";

/// `trial.row` brings its identity, params and CPUs. Blocks until every job is recorded or lost. Throws SubjectError
/// (CompanionError where the queue's server is missing or has failed), Interrupted, or std::system_error for what the
/// harness cannot do itself.
void run_queue_trial(TrialResult& trial, const subjects::Subject& subject, const subjects::Inventory& inventory);

}  // namespace bakeoff::experiment

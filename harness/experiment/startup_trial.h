// The trial of a start: a server is started, asked once and left alone. How long it takes from exec until it says that
// it is ready and until its first right answer, what that costs in CPU time, and what an instance keeps that nobody
// asks: memory, CPU, threads. The time until a runtime is fast is another question (warm_up.h).
//
// Its program and libraries are in the page cache, except the first time on a machine.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// How long the subject is left alone where the table does not say.
inline constexpr double kDefaultIdleS = 1;

/// Refuses the keys of loads, jobs and queues; the table's subjects are not known yet. Throws input::InputError.
void read_startup_section(const input::TomlSection& section, TableSpec& table);

/// Blocks until the subject has been stopped. `row` brings its identity, params and CPUs, and gets the figures
/// (JobRow::figures). Throws SubjectError, Interrupted, or std::system_error for what the harness cannot do itself.
void run_startup_trial(journal::Trial& row, const subjects::Subject& subject);

}  // namespace bakeoff::experiment

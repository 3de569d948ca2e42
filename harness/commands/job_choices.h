// A job that is about one of its settings (shared-count: discipline, deadlock: way) is shown with every choice of it,
// several times each in turn, where none is asked for.
#pragma once

#include <string>
#include <vector>

#include "harness/experiment/trial_runner.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The names of the subject with each choice of the setting that the job is about. Empty where the subject's name gives
/// that setting already, where it cannot give it (the executor has the name of a model), and where the job is about
/// none. A model stands for its executor, because its own settings are about serving.
std::vector<std::string> with_each_choice(const subjects::Subject& subject, const subjects::JobFacts& job,
                                          const subjects::Inventory& inventory);

/// Runs the job on the subjects of these names in turn, and prints a table, or all rows as one JSON array; returns the
/// exit status. `planned` is what each row begins with. A choice that does not go with the rest is a line that says
/// why. Throws UsageError where none does, and Interrupted after printing what there is. Blocks until all runs have
/// ended.
int run_choices(const std::vector<std::string>& names, const journal::Trial& planned, const subjects::JobFacts& job,
                const experiment::TableSpec& table, const experiment::TrialContext& context, const std::string& format);

}  // namespace bakeoff::commands

// What `run` is to do and where its rows go, settled before anything starts.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/commands/commands.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/manifest.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The folder that a run goes on in, and what is known of the run that began there.
struct ResumedRun {
  std::filesystem::path folder;
  journal::Manifest manifest;
};

/// With --resume: --out, or the newest folder of the experiment. Throws UsageError when it holds no run.
std::optional<ResumedRun> resumed_run(const RunOptions& options, const experiment::Names& names);

/// An experiment as it is to run.
struct ChosenExperiment {
  experiment::Spec spec;
  std::string file;  ///< Its name, without folders.
  std::string text;  ///< Its bytes.
};

/// The experiment that the options name or, where they name none, that the resumed folder holds; narrowed, and with the
/// blocks, precision and budget of the command line. Throws UsageError or InputError.
ChosenExperiment choose_experiment(const RunOptions& options, const std::optional<ResumedRun>& resumed, const experiment::Names& names);

/// The folder of a run that begins. Throws UsageError when it holds a result already, or a file that the run would
/// overwrite.
std::filesystem::path new_folder(const RunOptions& options, const ChosenExperiment& chosen);

/// The manifest of a run that begins now.
journal::Manifest manifest_of(const RunOptions& options, const ChosenExperiment& chosen, const subjects::Inventory& inventory, const experiment::TrialContext& context);

}  // namespace bakeoff::commands

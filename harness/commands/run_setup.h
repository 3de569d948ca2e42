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

namespace bakeoff {

/// The folder that a run goes on in, and what is known of the run that began there.
struct Resumed {
  std::filesystem::path folder;
  Manifest manifest;
};

/// With --resume: --out, or the newest folder of the experiment. Throws UsageError when it holds no run.
std::optional<Resumed> resumed_run(const RunOptions& options, const Names& names);

/// An experiment as it is to run.
struct Chosen {
  Spec spec;
  std::string file;  ///< Its name, without folders.
  std::string text;  ///< Its bytes.
};

/// The experiment that the options name or, where they name none, that the resumed folder holds; narrowed, and with the
/// blocks, precision and budget of the command line. Throws UsageError or SpecError.
Chosen choose_experiment(const RunOptions& options, const std::optional<Resumed>& resumed, const Names& names);

/// The folder of a run that begins. Throws UsageError when it holds a result already, or a file that the run would
/// overwrite.
std::filesystem::path new_folder(const RunOptions& options, const Chosen& chosen);

/// The manifest of a run that begins now.
Manifest manifest_of(const RunOptions& options, const Chosen& chosen, const Offer& offer, const TrialSetting& setting);

/// "2026-11-25T14:30:00Z", now.
std::string utc_now();

}  // namespace bakeoff

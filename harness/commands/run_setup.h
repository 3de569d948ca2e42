// What `run` measures, decided before anything starts: the experiment that is meant, who takes part, and which trial
// comes when.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/commands/commands.h"
#include "harness/commands/other_build.h"
#include "harness/experiment/file_sets.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/manifest.h"
#include "harness/measure/cpu_sets.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The folder of the run that --resume continues, and what that run wrote about itself.
struct ResumedRun {
  std::filesystem::path folder;
  journal::Manifest manifest;
};

/// An experiment as it is to run: narrowed, and with the blocks, precision and budget of the command line.
struct ChosenExperiment {
  experiment::Spec spec;
  std::string file;                ///< Its name, without folders.
  std::string text;                ///< Its bytes.
  std::vector<std::string> set{};  ///< The numbers of --set, as given.
  std::optional<ResumedRun> resumed{};
};

struct PlannedRun {
  RunOptions options;
  ChosenExperiment chosen{};
  subjects::Inventory inventory;  ///< With every subject of the experiment, those of the other build too.
  std::optional<OtherBuild> other{};
  experiment::Plan plan{};
  measure::CpuSplit cpus{};
  std::string harness_hash{};
  std::shared_ptr<const experiment::FileSets> files{};  ///< Once they are made.
  std::shared_ptr<experiment::BackEnds> back_ends{};    ///< Started when they are needed.

  /// For a trial that follows these rows of the run. This value must outlive it.
  experiment::TrialContext context(std::span<const journal::Trial> earlier = {}) const {
    return {inventory, cpus, harness_hash, earlier, files.get(), back_ends.get()};
  }
};

/// Reads the experiment and checks everything that the options and the file name, jobs included. Asks programs about
/// themselves, measures nothing, writes nothing. Throws InputError or UsageError.
PlannedRun plan_run(const RunOptions& options);

/// Prepares and runs what was planned, and keeps this thread on the load's CPUs from then on. Blocks until the run has
/// ended; returns the exit status. In run.cpp.
int carry_out(PlannedRun planned);

}  // namespace bakeoff::commands

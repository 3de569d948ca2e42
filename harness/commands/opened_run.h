// A planned run with a place for its results: the folder is its own, and rows can be appended.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/commands/run_setup.h"
#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"
#include "harness/journal/writer.h"

namespace bakeoff::commands {

struct OpenedRun {
  PlannedRun planned;
  std::filesystem::path folder;
  journal::Manifest manifest;
  journal::JournalWriter journal;
  std::vector<journal::Trial> rows;  ///< All so far; at first those of the run that is resumed.
};

/// Opens the folder of the resumed run or a new one. Asks foreign servers for their versions. Throws UsageError when
/// the run must not write there or cannot, and when it is not the run that began there.
OpenedRun open_run(PlannedRun planned);

}  // namespace bakeoff::commands

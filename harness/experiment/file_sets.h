// The sets of files that the tables of a run ask for: made before the first trial, in a folder that is gone with this.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "harness/experiment/spec.h"
#include "harness/journal/trial.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::experiment {

class FileSets {
 public:
  /// Blocks for the disk. `tell` is told of each set before it is written. Throws std::runtime_error in one line where
  /// there is no room for them, before anything is written; Interrupted; std::system_error.
  FileSets(std::span<const TableSpec> tables, const std::function<void(const std::string&)>& tell);

  /// The root below which the files of this set are. It is one of the tables'.
  std::filesystem::path root_of(const journal::FilesFacts& files) const;

 private:
  std::optional<subjects::ScratchFolder> folder_;  ///< Made when the first set is.
  std::map<std::string, std::filesystem::path> roots_;
};

}  // namespace bakeoff::experiment

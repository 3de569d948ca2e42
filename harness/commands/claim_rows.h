// The rows that decide claims, from folders of results: each experiment is read once, and only if a claim asks for it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/journal/trial.h"

namespace bakeoff::commands {

class ClaimRows {
 public:
  /// Each folder is a result, or has results in it or in its folders. Throws UsageError for one that is not there.
  explicit ClaimRows(const std::vector<std::filesystem::path>& folders);

  /// All rows of an experiment; nullptr where there are none. A table that several results have is taken from the first
  /// of them that has it, in the order of the folders and then of their names. Throws what read_journal() throws.
  const std::vector<journal::Trial>* of(const std::string& experiment);

 private:
  std::map<std::string, std::vector<std::filesystem::path>> results_;  ///< By experiment.
  std::map<std::string, std::unique_ptr<std::vector<journal::Trial>>> rows_;
};

}  // namespace bakeoff::commands

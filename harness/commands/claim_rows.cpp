#include "harness/commands/claim_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/commands/commands.h"
#include "harness/commands/result_folders.h"
#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"

namespace bakeoff::commands {
namespace {

namespace fs = std::filesystem;

/// The folders in a folder, by their names.
std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.is_directory(error)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

/// The results in a folder: itself, or those in it and one below.
std::vector<fs::path> results_in(const fs::path& folder, int below) {
  if (holds_a_run(folder)) return {folder};
  std::vector<fs::path> all;
  if (below == 0) return all;
  for (const fs::path& one : folders_in(folder)) {
    for (fs::path& result : results_in(one, below - 1)) all.push_back(std::move(result));
  }
  return all;
}

}  // namespace

ClaimRows::ClaimRows(const std::vector<fs::path>& folders) {
  constexpr int kDeepest = 2;
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
      throw UsageError(
          fmt::format("--from: found no folder \"{}\"; expected one with results of bakeoff run", folder.string()));
    }
    for (fs::path& result : results_in(folder, kDeepest)) {
      std::vector<fs::path>& known = results_[journal::read_manifest(result).experiment];
      if (std::ranges::find(known, result) == known.end()) known.push_back(std::move(result));
    }
  }
}

const std::vector<journal::Trial>* ClaimRows::of(const std::string& experiment) {
  const auto [place, is_new] = rows_.emplace(experiment, nullptr);
  const auto results = results_.find(experiment);
  if (!is_new || results == results_.end()) return place->second.get();
  place->second = std::make_unique<std::vector<journal::Trial>>();
  std::set<std::string> tables;
  for (const fs::path& result : results->second) {
    std::set<std::string> here;
    for (journal::Trial& trial : journal::read_journal(result).trials) {
      if (tables.contains(trial.table)) continue;
      here.insert(trial.table);
      place->second->push_back(std::move(trial));
    }
    tables.merge(here);
  }
  return place->second.get();
}

}  // namespace bakeoff::commands

#include "harness/commands/experiments.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/commands.h"
#include "harness/experiment/nearest.h"
#include "harness/subjects/places.h"

namespace bakeoff {
namespace {

std::vector<std::filesystem::path> shipped_files() {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(experiments_directory(), missing)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<Described> shipped_experiments(const Names& names) {
  std::vector<Described> found;
  for (const auto& file : shipped_files()) {
    try {
      found.push_back({file.stem(), read_spec(file, names).question});
    } catch (const SpecError& error) {
      found.push_back({file.stem(), error.what()});
    }
  }
  return found;
}

std::filesystem::path find_experiment(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".toml")) return name;
  std::vector<std::string> names;
  for (const auto& file : shipped_files()) {
    if (file.stem() == name) return file;
    names.push_back(file.stem());
  }
  throw UsageError(fmt::format("found experiment \"{}\", expected one of {} or a .toml file{}", name, join_names(names),
                               did_you_mean(name, names)));
}

}  // namespace bakeoff

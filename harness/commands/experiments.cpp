#include "harness/commands/experiments.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/commands/check_names.h"
#include "harness/commands/commands.h"
#include "harness/commands/result_folders.h"
#include "harness/experiment/plan.h"
#include "harness/experiment/spec.h"
#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"
#include "harness/subjects/install_paths.h"

namespace bakeoff::commands {
namespace {

std::vector<std::filesystem::path> shipped_files() {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(subjects::experiments_directory(), missing)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::vector<ShippedExperiment> shipped_experiments(const subjects::Inventory& inventory) {
  std::vector<ShippedExperiment> found;
  for (const auto& file : shipped_files()) {
    try {
      const experiment::Spec spec = experiment::read_spec(file, inventory, tell_user);
      found.push_back({{file.stem(), spec.question}, experiment::estimate_s(spec, spec.blocks), spec.budget_s});
    } catch (const input::InputError& error) {
      found.push_back({{file.stem(), error.what()}});
    }
  }
  return found;
}

std::filesystem::path find_experiment(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& file : shipped_files()) names.push_back(file.stem());
  if (const input::ResolvedName shipped = input::resolve_name(word, names, tell_user); !shipped.fault) {
    input::tell_substitution(tell_user, "", word, shipped.name);
    return subjects::experiments_directory() / (shipped.name + ".toml");
  }
  std::error_code error;
  if (std::filesystem::is_directory(word, error)) {
    std::filesystem::path file = std::filesystem::path(word) / kExperimentFile;
    if (!std::filesystem::is_regular_file(file, error)) {
      throw UsageError(
          fmt::format("found the folder \"{}\" without {}, expected a result folder, a .toml file or one of {}", word,
                      kExperimentFile, input::join_names(names)));
    }
    tell_user(fmt::format("\"{}\" is a result folder: runs its {}", word, kExperimentFile));
    return file;
  }
  if (word.find('/') == std::string::npos && !word.ends_with(".toml")) {
    throw UsageError(fmt::format("found experiment \"{}\", expected one of {}, a .toml file or a result folder{}", word,
                                 input::join_names(names), input::did_you_mean(word, names)));
  }
  if (!std::filesystem::exists(word, error)) {
    throw UsageError(fmt::format("found no file \"{}\", expected one, or one of {}{}", word, input::join_names(names),
                                 input::did_you_mean(std::filesystem::path(word).stem().string(), names)));
  }
  return word;
}

}  // namespace bakeoff::commands

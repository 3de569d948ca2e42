// Experiments by name: the shipped ones, and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// Of a result folder: the experiment that it was made with.
inline constexpr const char* kExperimentFile = "experiment.toml";

/// Name and question of each shipped experiment, by name. One that cannot be read has its error as the summary.
std::vector<subjects::NamedSummary> shipped_experiments(const experiment::Names& names);

/// The file of a shipped experiment by its name, of a result folder the one that it was made with, and a .toml file.
/// Tells the user where it took another word. Throws UsageError naming what there is.
std::filesystem::path find_experiment(const std::string& name);

}  // namespace bakeoff::commands

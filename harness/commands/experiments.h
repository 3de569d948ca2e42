// Experiments by name: the shipped ones, and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The name and the question of each shipped experiment, sorted by name. One that cannot be read has its error as the
/// summary.
std::vector<subjects::NamedSummary> shipped_experiments(const subjects::Inventory& inventory);

/// The file that a word stands for: a shipped experiment by its name, the experiment of a result folder, or a .toml
/// file. Tells the user of another spelling. Throws UsageError naming what there is.
std::filesystem::path find_experiment(const std::string& word);

}  // namespace bakeoff::commands

// Experiments by name: the shipped ones, and files.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The summary is the question. Of a file that cannot be read it is why, and there is no time.
struct ShippedExperiment : subjects::NamedSummary {
  std::optional<double> estimate_s{};  ///< What the planner expects of a run, with a guess for each job and probe.
  std::optional<double> budget_s{};    ///< No new block begins after it.
};

/// Each shipped experiment, sorted by name.
std::vector<ShippedExperiment> shipped_experiments(const subjects::Inventory& inventory);

/// The file that a word stands for: a shipped experiment by its name, the experiment of a result folder, or a .toml
/// file. Tells the user of another spelling. Throws UsageError naming what there is.
std::filesystem::path find_experiment(const std::string& word);

}  // namespace bakeoff::commands

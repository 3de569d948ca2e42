// Experiments by name: the shipped ones, and files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff {

/// Name and question of each shipped experiment, by name. One that cannot be read has its error as the summary.
std::vector<Described> shipped_experiments(const Names& names);

/// A name with a slash or a .toml ending is a file; any other is a shipped experiment. Throws UsageError naming what
/// there is.
std::filesystem::path find_experiment(const std::string& name);

}  // namespace bakeoff

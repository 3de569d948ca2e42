// What differs between the machines, the builds and the experiments of two runs.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/manifest.h"

namespace bakeoff::report::compare {

/// One line each, "governor: performance against powersave", in the order of a manifest; what neither knows is equal.
/// Empty when nothing differs. What differs between any two runs (when, load average, frequency of the moment) is left
/// out.
std::vector<std::string> manifest_differences(const journal::Manifest& before, const journal::Manifest& after);

}  // namespace bakeoff::report::compare

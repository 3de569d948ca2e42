// What differs between the machines, the builds and the experiments of two runs.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/manifest.h"

namespace bakeoff::report::compare {

/// One line for each difference, "governor: performance against powersave", in the order of a manifest. What neither
/// manifest knows is equal. Empty when nothing differs. Leaves out what differs between any two runs: the date, the
/// load average, the momentary frequency.
std::vector<std::string> manifest_differences(const journal::Manifest& before, const journal::Manifest& after);

}  // namespace bakeoff::report::compare

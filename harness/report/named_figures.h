// The figures that jobs and probes name themselves, as columns: title and unit are read from the name.
#pragma once

#include <span>
#include <vector>

#include "harness/report/figures.h"

namespace bakeoff::report {

/// One per name, in the order in which the rows name them first. One without a unit is a count where all of its values
/// are whole numbers and its name says neither "per" nor "speedup".
std::vector<Figure> named_figures(std::span<const journal::Trial* const> trials);

}  // namespace bakeoff::report

// Speed-up over units, with the curves of Amdahl's law and of the Universal Scalability Law where there are points
// enough to fit them, and the line of perfect scaling. Pure.
#pragma once

#include <vector>

#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// At most four kinds of units to a plot. None of a table whose subjects do not differ in their units.
std::vector<Plot> scaling_plots(const Grid& grid);

}  // namespace bakeoff::report::plots

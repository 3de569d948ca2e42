// The blocks of a table in the order of time: each subject's leading figure over its own median, so that what the
// machine did to all of them is seen as one. A block that others disturbed has a ring. Pure.
#pragma once

#include <vector>

#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// At most eight subjects to a plot; none of a table with fewer than three blocks.
std::vector<Plot> block_plots(const Grid& grid, const ReportInfo& info);

}  // namespace bakeoff::report::plots

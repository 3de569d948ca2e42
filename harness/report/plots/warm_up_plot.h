// The way of a runtime to its steady state: what a request costs in each slice of its warm-up. A mark stands where the
// rule says that it is steady (harness/stats/steady.h). Pure.
#pragma once

#include <vector>

#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// Of each subject that warmed up by the rule, the block that took the middle time to get there. At most eight subjects
/// to a plot; none where no warm-up went by the rule.
std::vector<Plot> warm_up_plots(const Grid& grid, const ReportInfo& info);

}  // namespace bakeoff::report::plots

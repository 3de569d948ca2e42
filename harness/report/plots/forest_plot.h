// The forest plot of a table: each subject's ratio to the baseline with its interval, on a logarithmic axis, so that
// twice and half are equally far from 1 (S. Lewis and M. Clarke, "Forest plots: trying to see the wood and the trees",
// BMJ 322, 2001). A ratio whose interval holds 1 is grey and marked "=". Pure.
#pragma once

#include <optional>

#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// nullopt for a table without a ratio.
std::optional<Plot> forest_plot(const Grid& grid, const ReportInfo& info);

}  // namespace bakeoff::report::plots

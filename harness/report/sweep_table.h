// The table of a sweep: every subject's ratio to the baseline at each value of what was swept, and below it what the
// points say together (stats/sweep.h): where subjects cross, how their costs grow, and where the growth changes. Pure.
#pragma once

#include <optional>
#include <span>

#include "harness/journal/manifest.h"
#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// `grids` are those of the report. nullopt where fewer than two of the sweep's points have rows. Its ratios have no
/// intervals of their own: those stand in the table of each point.
std::optional<Table> sweep_table(const journal::SweepFacts& sweep, std::span<const Grid> grids, const ReportInfo& info);

}  // namespace bakeoff::report

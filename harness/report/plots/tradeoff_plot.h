// CPU against memory: each subject is a point, in the colour of its family where the table has families, with the box
// of its two intervals, and a line joins those that nobody beats in both (the Pareto front). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// nullopt for a table in which fewer than two subjects have valid values of both.
std::optional<Plot> tradeoff_plot(const Grid& grid, const ReportInfo& info);

/// Of points, the places of those that no other one is below or equal to in both and below in one; by rising x.
std::vector<std::size_t> pareto_front(const std::vector<std::pair<double, double>>& points);

}  // namespace bakeoff::report::plots

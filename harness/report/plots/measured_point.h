// The median of a figure as a point of a plot, with what is known of it. Pure.
#pragma once

#include <optional>

#include "harness/report/grid.h"
#include "harness/report/plots/line_plot.h"

namespace bakeoff::report::plots {

/// y is the median over the blocks, divided by `unit_size`. low and high are the interval of the median (the order
/// statistics of stats/compare.h), where there are blocks enough. Of void values only where there are no others.
/// nullopt without a value.
std::optional<LinePoint> measured_point(const GridRow& row, const Figure& figure, double x, double unit_size = 1);

}  // namespace bakeoff::report::plots

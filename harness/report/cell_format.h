// How a measured figure becomes a cell of a table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/report/grid.h"
#include "harness/report/table.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {

/// Values that are there.
std::size_t count_values(const stats::Series& series);

Cell text_cell(const std::string& text);

/// A value of the figure without its unit: three digits; "35" where it counts, "2.5" where it is the median of counts;
/// "yes" and "no".
std::string value_text(const Figure& figure, double value);

/// The median of what is valid, or struck out of what is void; empty when there is nothing.
Cell figure_cell(const Figure& figure, const FigureSeries& series);

/// The same with the range of the values that the median is of, where they differ and are valid.
Cell range_cell(const Figure& figure, const FigureSeries& series);

/// Empty when there is none.
Cell ratio_cell(const std::optional<stats::Ratio>& ratio);

}  // namespace bakeoff::report

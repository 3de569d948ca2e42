// The rows of a table in groups that one plot can show: at most as many lines as there are styles. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

struct LineGroup {
  std::string suffix;              ///< Of the plot's name: "" where all rows are in one plot, otherwise "-1", "-2".
  std::vector<std::string> names;  ///< Of subjects, in the order of the rows.
};

/// In the order of the rows. A family stays together where it fits into one plot.
std::vector<LineGroup> line_groups(const std::vector<std::string>& subjects, const ReportInfo& info);

std::vector<std::string> subjects_of(const Grid& grid);

}  // namespace bakeoff::report::plots

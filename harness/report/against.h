// Two builds of the same subjects, measured side by side in one run: the paired answer to "did this change cost
// anything?". Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"
#include "harness/stats/compare.h"

namespace bakeoff {

/// One subject in one table.
struct AgainstCell {
  std::string table, subject;
  std::optional<Ratio> ratio;  ///< This build to the other: above 1, this one costs more.
};

/// "no difference", "this build worse", "other build worse"; "cannot tell" without an interval. The interval is
/// pointwise, so that of many cells some are called different by chance: 1 in 20 at the most.
std::string against_verdict(const AgainstCell& cell);

/// This build is told apart from the other, and its median ratio is above 1 by at least `share`.
bool is_regression(const AgainstCell& cell, double share);

/// Every subject of every table, in the order of the report.
std::vector<AgainstCell> against_cells(std::span<const Trial> trials, const ReportInfo& info);

/// The table of a run with --against: a line for each subject, both builds beside each other.
Table against_table(const Grid& grid, const std::string& name, const ReportInfo& info);

}  // namespace bakeoff

// The gate of --fail-on-regression, for two builds in one run and for two recorded runs alike: which cells are worse by
// the share that was asked for, and of which it cannot be told. Pure.
//
// A gate that passes says that there is no such regression. Where a cell's interval reaches beyond the share, one may
// be there unseen, so that the cell is unknown, whatever the comparison has told of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/build_comparison.h"
#include "harness/report/compare/changes.h"
#include "harness/stats/compare.h"

namespace bakeoff::report::compare {

/// One subject in one table, as a factor of which above 1 is worse.
struct GateCell {
  std::string table, subject;
  std::optional<double> factor;      ///< In the middle; absent without a valid ratio.
  std::optional<stats::Interval> interval;  ///< Absent where the blocks are too few.
  bool worse = false;                ///< The comparison's verdict.
  double margin = 0;                 ///< To be told worse, all of the interval has to lie above 1 by more than this.
};

std::vector<GateCell> gate_cells(const std::vector<BuildComparison>& cells);
std::vector<GateCell> gate_cells(const std::vector<CellChange>& cells, double margin);

/// Told worse, and in the middle by `share` or more.
bool is_regression(const GateCell& cell, double share);

/// No regression by `share` was seen, and none is excluded.
bool is_unknown(const GateCell& cell, double share);

/// The smallest regression that a cell with an interval of this width would have been told for: 0.7 is 70 % worse.
/// nullopt without an interval, where none would have been.
std::optional<double> could_have_seen(const GateCell& cell);

/// A line for each regression and each unknown cell, and one that sums up the unknown ones. Empty when the gate is
/// passed and nothing is left to say.
std::vector<std::string> gate_lines(const std::vector<GateCell>& cells, double share, bool unknown_passes);

}  // namespace bakeoff::report::compare

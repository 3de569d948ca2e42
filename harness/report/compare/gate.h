// The gate of --fail-on-regression, for two builds in one run and for two recorded runs alike. It says which cells are
// worse by the share that was asked for, and for which cells that cannot be told. Pure.
//
// A gate that passes says that there is no such regression. Where a cell's interval reaches beyond the share, there may
// be a regression that was not seen. Such a cell is unknown, even where the comparison found no difference.
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
  std::optional<double> factor;             ///< In the middle; absent without a valid ratio.
  std::optional<stats::Interval> interval;  ///< Absent where the blocks are too few.
  bool worse = false;                       ///< The comparison's verdict.
  double margin = 0;  ///< To be told worse, all of the interval has to lie above 1 by more than this.
};

std::vector<GateCell> gate_cells(const std::vector<BuildComparison>& cells);
std::vector<GateCell> gate_cells(const std::vector<CellChange>& cells, double margin);

/// Told worse, and in the middle by `share` or more.
bool is_regression(const GateCell& cell, double share);

/// No regression by `share` was seen, and none is ruled out.
bool is_unknown(const GateCell& cell, double share);

/// The smallest regression that a cell with an interval of this width would have shown: 0.7 is 70 % worse. nullopt
/// without an interval, which shows none.
std::optional<double> could_have_seen(const GateCell& cell);

/// A line for each regression and each unknown cell, and one that sums up the unknown ones. Empty when the gate is
/// passed and nothing is left to say.
std::vector<std::string> gate_lines(const std::vector<GateCell>& cells, double share, bool unknown_passes);

}  // namespace bakeoff::report::compare

// In how many runs something happened that the median hides: updates that were lost, data races that were reported. A
// race that loses in three runs of forty has the median 0.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// How a table counts the runs in which one of its figures is above 0.
struct RunCount {
  std::string figure;      ///< Figure::key.
  Column column;           ///< Follows that figure's column.
  std::string when_there;  ///< For the note on the worst run: "lost"; "" where a run is as good as the other.
};

/// nullptr for a figure whose runs are not counted, and where no subject of the table races: a counter that is locked
/// loses nothing in any run.
const RunCount* run_count_of(const Grid& grid, const Figure& figure);

/// "3 of 40": the blocks that gave the number, whether others disturbed them or not, since what was lost was lost. The
/// cell's value is the first number, its blocks the second. Empty where no block gave it.
Cell run_count_cell(const GridRow& row, const Figure& figure);

/// What the columns do not show: how much the worst run of a subject lost, where other runs of it lost nothing; and how
/// rare a loss may still be where a subject that races lost nothing (the rule of three: 3 in n runs).
std::vector<std::string> run_count_notes(const Grid& grid);

}  // namespace bakeoff::report

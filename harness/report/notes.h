// The lines under a table: what was struck out and why, what happened in trials that were not ok.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// A cell some or all of whose values are void.
struct VoidedCell {
  std::string subject;
  std::string title;  ///< Of the column.
  std::string reason;
  std::size_t valid = 0;
};

/// What stands in the place of a subject's numbers when it has none: "not-run: needs nginx".
std::string remark_of(const GridRow& row);

/// Only outcomes other than ok that remark_of() has not already told.
std::vector<std::string> outcome_notes(const Grid& grid);

/// What demonstrations have seen, in their words, of the last block.
std::vector<std::string> evidence_notes(const Grid& grid);

/// That there are no intervals, where the blocks cannot support any.
std::vector<std::string> interval_notes(const Grid& grid);

/// How many trials were repeated.
std::vector<std::string> repeat_notes(const Grid& grid);

/// One line a reason, with advice.
std::vector<std::string> void_notes(const std::vector<VoidedCell>& voided_cells, std::size_t blocks);

}  // namespace bakeoff::report

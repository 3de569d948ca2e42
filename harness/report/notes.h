// The lines under a table: what happened in trials that were not ok, what was struck out and why, and how sure the
// ratios are. Pure. Leaves out what more units do to a job (scaling_notes.h).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// A cell some or all of whose values are void.
struct VoidedCell {
  std::string subject;
  std::string title;  ///< The title of the column, without a unit, which the writers choose (column_units.h).
  std::string reason;
  std::size_t valid = 0;
};

/// What stands in the place of a subject's numbers when it has none: "not-run: needs nginx".
std::string remark_of(const GridRow& row);

/// Outcomes other than ok that remark_of() does not tell already.
std::vector<std::string> outcome_notes(const Grid& grid);

/// What demonstrations have seen in the last block, in their own words.
std::vector<std::string> evidence_notes(const Grid& grid);

/// "thread:way=none: deadlocks is above 0 in 4 of 9 blocks, 7 in the worst": a line for each subject and each rare
/// event that some of its blocks have and others have not. The median hides these. Void values do not count.
std::vector<std::string> rare_event_notes(const Grid& grid);

/// "java-nio: steady at 1.08 times the cost of an earlier stretch, in 3 of 8 blocks": a line for each subject whose
/// steady state is not its best one in some block, with the largest.
std::vector<std::string> steady_notes(const Grid& grid);

/// Who answered nothing for a time although requests were outstanding: how often, and for how long. Of trials whose
/// latency may be believed.
std::vector<std::string> pause_notes(const Grid& grid);

/// A note that there are no intervals, where the blocks cannot support any.
std::vector<std::string> interval_notes(const Grid& grid);

/// How many trials were repeated.
std::vector<std::string> repeat_notes(const Grid& grid);

/// One line for each reason, with advice.
std::vector<std::string> void_notes(const std::vector<VoidedCell>& voided_cells, std::size_t blocks);

/// "the ratios are known to ±4.1 % (prefork the least); ±2.0 % would take about 30 blocks, 22 more". The second half
/// only where a precision was wanted and is not reached. Where the blocks ran in slices, how much that ratio varies
/// within and between them. Empty without intervals.
std::vector<std::string> precision_notes(const std::vector<LeadingRatio>& ratios, std::optional<double> wanted);

/// The smallest true difference of the leading figure, as a share, that so many blocks with this spread would tell
/// apart nine times out of ten. nullopt where there are no intervals.
std::optional<double> detectable_difference(const std::vector<LeadingRatio>& ratios, std::size_t blocks);

/// One line for the foot of a report: the detectable difference of every table that has one; "" without any.
std::string detectable_line(std::span<const Table> tables);

}  // namespace bakeoff::report

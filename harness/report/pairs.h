// Every subject of a table against every other one, by the figure that leads the table: what its column of ratios,
// which is of one baseline, leaves open. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/table.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {

/// Places in PairsOfTable::subjects.
struct SubjectPair {
  std::size_t subject = 0, against = 0;
  stats::Ratio ratio;         ///< With the interval of this pair alone.
  std::size_t higher_in = 0;  ///< Of its blocks, those in which `subject` has more than `against`.
  /// Whether they are told apart at the level corrected for all pairs of the table together; absent where that needs
  /// more blocks.
  std::optional<bool> apart_among_all{};
};

/// What stands beside the ratio of a pair, so that a reader sees what goes with it.
struct FigureBeside {
  std::string title;                ///< Without its unit: "switches/req".
  std::vector<std::string> values;  ///< The median of each subject, with its unit; "" where it has no valid one.
};

struct PairsOfTable {
  std::string table;                  ///< As the report calls it.
  std::string figure;                 ///< "CPU per req"
  std::vector<std::string> subjects;  ///< Those that have a valid value.
  std::vector<SubjectPair> pairs;     ///< Each once, the earlier subject against the later one.
  std::vector<FigureBeside> beside;  ///< The leading figure first, then context switches and the p99 where it has them.
  std::size_t blocks_for_all = 0;    ///< That SubjectPair::apart_among_all needs.
};

/// In the order of the tables; none of tables without two subjects that can be compared, or of two builds.
std::vector<PairsOfTable> build_pairs(std::span<const journal::Trial> trials, const ReportInfo& info);

}  // namespace bakeoff::report

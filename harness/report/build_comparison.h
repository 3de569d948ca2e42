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

namespace bakeoff::report {

/// One subject in one table.
struct BuildComparison {
  std::string table, subject;
  /// This build to the other: above 1, this one costs more. Its interval is wide enough that those of all subjects of
  /// the table hold together with 95 %: a gate that fails at one equal subject in 20 would soon be switched off.
  std::optional<stats::Ratio> ratio;
};

/// "no difference", "this build worse", "other build worse"; "cannot tell" without an interval.
std::string build_verdict(const BuildComparison& cell);

/// Every subject of every table, in the order of the report.
std::vector<BuildComparison> compare_builds(std::span<const journal::Trial> trials, const ReportInfo& info);

/// The table of a run with --against: a line for each subject, both builds beside each other.
Table build_comparison_table(const Grid& grid, const std::string& name, const ReportInfo& info);

}  // namespace bakeoff::report

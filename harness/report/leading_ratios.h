// The ratios that a table is about, subject by subject. They are ratios of its leading figure (CPU per request; a job's
// elapsed time), of which less is better. Tables, stopping rules and gates all take them from here. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"
#include "harness/stats/compare.h"

namespace bakeoff::report {

/// A subject against what it is compared with: the baseline, or, where two builds are compared, the subject in the
/// other build.
struct LeadingRatio {
  std::string subject;
  FigureSeries own, reference;
  std::optional<stats::Ratio> ratio;  ///< nullopt when no block has a valid value of both.
};

/// The subject that the table's ratios are to; "" for none.
const std::string& baseline_of(const Grid& grid, const ReportInfo& info);

/// The figure that leads the table; nullptr where its trials name none, as probes may.
const Figure* leading_figure(const Grid& grid);

/// In the order of the rows; not the baseline itself. Empty without a baseline that has rows, and without a
/// leading figure.
std::vector<LeadingRatio> leading_ratios(const Grid& grid, const ReportInfo& info);

/// The same of the first `blocks` blocks of one table.
std::vector<LeadingRatio> leading_ratios(std::span<const journal::Trial> trials, const std::string& table,
                                         const ReportInfo& info, std::uint64_t blocks);

/// Whether the first `blocks` blocks know every ratio to `wanted` (stats::precision_reached(), where the other
/// arguments are explained); nullopt when there is no ratio at all, and more blocks give none.
std::optional<bool> precision_reached(std::span<const journal::Trial> trials, const std::string& table,
                                      const ReportInfo& info, std::uint64_t blocks, std::size_t group, double wanted,
                                      std::size_t least);

}  // namespace bakeoff::report

#include "harness/report/pairs.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/report/column_units.h"
#include "harness/report/grid.h"
#include "harness/report/grids_of_report.h"
#include "harness/report/leading_ratios.h"

namespace bakeoff::report {
namespace {

/// What mostly explains a difference in CPU or time, and what the one who pays less may pay with.
constexpr std::array<std::string_view, 4> kBeside{"switches_per_request", "switches_per_job", "switches",
                                                  "latency_us.p99"};

FigureBeside beside_of(const Grid& grid, const std::vector<std::string>& subjects, const Figure& figure) {
  FigureBeside beside{.title = title_without_unit(figure.title, figure.unit), .values = {}};
  for (const std::string& subject : subjects) {
    const auto summary = stats::summarize(figure_series(*find_row(grid, subject), figure).valid);
    beside.values.push_back(summary ? number_with_unit(summary->median, figure.unit) : "");
  }
  return beside;
}

/// The ratio alone decides which of two values is the higher one, as in the interval.
std::size_t blocks_with_more(const stats::Series& one, const stats::Series& other) {
  const std::vector<double> ratios = stats::paired_log_ratios(one, other);
  return static_cast<std::size_t>(std::ranges::count_if(ratios, [](double ratio) { return ratio > 0; }));
}

PairsOfTable all_pairs_of(const Grid& grid, const std::string& table, const Figure& figure) {
  PairsOfTable all{.table = table,
                   .figure = title_without_unit(figure.title, figure.unit),
                   .subjects = {},
                   .pairs = {},
                   .beside = {}};
  std::vector<stats::Series> values;
  for (const GridRow& row : grid.rows) {
    stats::Series series = figure_series(row, figure).valid;
    if (!stats::compare(series, series)) continue;
    all.subjects.push_back(row.subject);
    values.push_back(std::move(series));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t k = i + 1; k < values.size(); ++k) {
      if (const auto ratio = stats::compare(values[i], values[k])) {
        all.pairs.push_back({i, k, *ratio, blocks_with_more(values[i], values[k])});
      }
    }
  }
  all.beside.push_back(beside_of(grid, all.subjects, figure));
  for (const Figure& other : grid.figures) {
    const bool explains = std::ranges::find(kBeside, other.key) != kBeside.end();
    if (explains && other.key != figure.key) all.beside.push_back(beside_of(grid, all.subjects, other));
  }
  const double level = stats::corrected_level(stats::kConfidenceLevel, all.pairs.size());
  all.blocks_for_all = stats::pairs_needed(level);
  for (SubjectPair& pair : all.pairs) {
    const auto among_all = stats::compare(values[pair.subject], values[pair.against], level);
    if (among_all->interval) pair.apart_among_all = !among_all->tied();
  }
  return all;
}

}  // namespace

std::vector<PairsOfTable> build_pairs(std::span<const journal::Trial> trials, const ReportInfo& info) {
  std::vector<PairsOfTable> tables;
  if (!info.against.empty()) return tables;
  const GridsOfReport of_tables = grids_of_report(trials, info);
  for (std::size_t i = 0; i < of_tables.grids.size(); ++i) {
    const Figure* const figure = leading_figure(of_tables.grids[i]);
    if (figure == nullptr) continue;
    PairsOfTable one = all_pairs_of(of_tables.grids[i], of_tables.names[i], *figure);
    if (!one.pairs.empty()) tables.push_back(std::move(one));
  }
  return tables;
}

}  // namespace bakeoff::report

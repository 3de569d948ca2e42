#include "harness/report/leading_ratios.h"

#include <algorithm>

#include "harness/report/figures.h"
#include "harness/stats/precision.h"

namespace bakeoff::report {

const std::string& baseline_of(const Grid& grid, const ReportInfo& info) {
  const auto own = info.baselines.find(grid.table);
  return own == info.baselines.end() ? info.baseline : own->second;
}

const Figure* leading_figure(const Grid& grid) {
  return grid.figures.empty() ? nullptr : &grid.figures.front();
}

std::vector<LeadingRatio> leading_ratios(const Grid& grid, const ReportInfo& info) {
  const Figure* figure = leading_figure(grid);
  const std::string& baseline = baseline_of(grid, info);
  std::vector<LeadingRatio> ratios;
  if (figure == nullptr) return ratios;
  for (const GridRow& row : grid.rows) {
    const bool other = row.subject.ends_with(journal::kOtherBuildSuffix);
    if (info.against.empty() ? row.subject == baseline : other) continue;
    const GridRow* reference =
        find_row(grid, info.against.empty() ? baseline : row.subject + std::string(journal::kOtherBuildSuffix));
    if (reference == nullptr) continue;
    LeadingRatio one{.subject = row.subject,
                     .own = figure_series(row, *figure),
                     .reference = figure_series(*reference, *figure),
                     .ratio = std::nullopt};
    one.ratio = stats::compare(one.own.valid, one.reference.valid);
    ratios.push_back(std::move(one));
  }
  return ratios;
}

std::vector<LeadingRatio> leading_ratios(std::span<const journal::Trial> trials, const std::string& table,
                                         const ReportInfo& info, std::uint64_t blocks) {
  std::vector<const journal::Trial*> first;
  for (const journal::Trial& trial : trials) {
    if (trial.table == table && static_cast<std::uint64_t>(trial.block) < blocks) first.push_back(&trial);
  }
  return leading_ratios(make_grid(first, info.subjects), info);
}

std::optional<bool> precision_reached(std::span<const journal::Trial> trials, const std::string& table,
                                      const ReportInfo& info, std::uint64_t blocks, std::size_t group, double wanted,
                                      std::size_t least) {
  std::vector<stats::ComparedSeries> compared;
  bool any = false;
  for (LeadingRatio& one : leading_ratios(trials, table, info, blocks)) {
    any = any || one.ratio;
    compared.push_back({std::move(one.own.valid), std::move(one.reference.valid)});
  }
  return any ? std::optional(stats::precision_reached(compared, group, wanted, least)) : std::nullopt;
}

}  // namespace bakeoff::report

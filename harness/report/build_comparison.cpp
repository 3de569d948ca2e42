#include "harness/report/build_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"
#include "harness/report/figures.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/notes.h"

namespace bakeoff::report {
namespace {

std::vector<BuildComparison> comparisons_of(const std::string& table, const std::vector<LeadingRatio>& ratios) {
  const auto compared = static_cast<std::size_t>(
      std::count_if(ratios.begin(), ratios.end(), [](const LeadingRatio& one) { return one.ratio.has_value(); }));
  const double level = stats::corrected_level(stats::kConfidenceLevel, compared);
  std::vector<BuildComparison> cells;
  for (const LeadingRatio& one : ratios) {
    cells.push_back({table, one.subject, stats::compare(one.own.valid, one.reference.valid, level)});
  }
  return cells;
}

/// How sure the verdicts are, and what they would take where the blocks do not support them.
std::vector<std::string> level_notes(const std::vector<BuildComparison>& cells) {
  std::size_t compared = 0;
  std::size_t without = 0;
  for (const BuildComparison& cell : cells) {
    compared += cell.ratio ? 1 : 0;
    without += cell.ratio && !cell.ratio->interval ? 1 : 0;
  }
  std::vector<std::string> notes;
  if (compared > without) {
    notes.push_back(compared == 1 ? "a difference is told at 95 %"
                                  : fmt::format("differences are told at 95 % for all {} subjects together", compared));
  }
  if (without != 0) {
    notes.push_back(fmt::format("to tell a difference takes {} blocks with valid values of both builds",
                                stats::pairs_needed(stats::corrected_level(stats::kConfidenceLevel, compared))));
  }
  return notes;
}

std::vector<VoidedCell> voided_builds_of(const std::vector<LeadingRatio>& ratios, const Figure& figure) {
  std::vector<VoidedCell> voided_cells;
  const auto add = [&](const std::string& subject, const FigureSeries& series) {
    if (count_values(series.struck) == 0) return;
    voided_cells.push_back(
        {subject, title_without_unit(figure.title, figure.unit), series.reason, count_values(series.valid)});
  };
  for (const LeadingRatio& one : ratios) {
    add(one.subject, one.own);
    add(one.subject + std::string(journal::kOtherBuildSuffix), one.reference);
  }
  return voided_cells;
}

}  // namespace

std::string build_verdict(const BuildComparison& cell) {
  if (!cell.ratio || !cell.ratio->interval) return "cannot tell";
  if (cell.ratio->tied()) return "no difference";
  return cell.ratio->median > 1 ? "this build worse" : "other build worse";
}

std::vector<BuildComparison> compare_builds(std::span<const journal::Trial> trials, const ReportInfo& info) {
  std::vector<std::string> tables = info.tables;
  for (const journal::Trial& trial : trials) {
    if (std::find(tables.begin(), tables.end(), trial.table) == tables.end()) tables.push_back(trial.table);
  }
  std::vector<BuildComparison> cells;
  for (const std::string& table : tables) {
    const std::vector<BuildComparison> of_table =
        comparisons_of(table, leading_ratios(trials, table, info, UINT64_MAX));
    cells.insert(cells.end(), of_table.begin(), of_table.end());
  }
  return cells;
}

Table build_comparison_table(const Grid& grid, const std::string& name, const ReportInfo& info) {
  const Figure* const leading = leading_figure(grid);
  const Figure figure = leading == nullptr ? Figure{} : *leading;  // Without one there are no ratios, and no rows.
  const std::string key(figure.key), title(figure.title), unit(figure.unit);
  Table table;
  table.name = name;
  table.baseline = "the other build";
  table.caption = caption(grid, name, "");
  table.columns = {{"subject", "subject", "", Align::left},
                   {key, "this " + title, unit, Align::right, key},
                   {key + ".other", "other " + title, unit, Align::right, key},
                   {"ratio", "this/other", ""},
                   {"verdict", "verdict", "", Align::left}};
  const std::vector<LeadingRatio> ratios = leading_ratios(grid, info);
  const std::vector<BuildComparison> cells = comparisons_of(name, ratios);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    TableRow row{.subject = ratios[i].subject, .cells = {}, .remark = ""};
    row.cells = {text_cell(ratios[i].subject), figure_cell(figure, ratios[i].own),
                 figure_cell(figure, ratios[i].reference), ratio_cell(cells[i].ratio),
                 text_cell(build_verdict(cells[i]))};
    table.rows.push_back(std::move(row));
  }
  const auto append = [&](const std::vector<std::string>& notes) {
    table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  };
  for (const GridRow& row : grid.rows) {
    if (const std::string remark = remark_of(row); !remark.empty()) table.notes.push_back(row.subject + ": " + remark);
  }
  append(outcome_notes(grid));
  append(void_notes(voided_builds_of(ratios, figure), grid.blocks.size()));
  append(level_notes(cells));
  append(repeat_notes(grid));
  append(precision_notes(ratios, info.precision));
  table.detectable = detectable_difference(ratios, grid.blocks.size());
  return table;
}

}  // namespace bakeoff::report

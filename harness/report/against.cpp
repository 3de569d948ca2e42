#include "harness/report/against.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/cells.h"
#include "harness/report/columns.h"
#include "harness/report/leading.h"
#include "harness/report/notes.h"
#include "harness/report/sureness.h"

namespace bakeoff {
namespace {

std::vector<AgainstCell> cells_of(const std::string& table, const std::vector<LeadingRatio>& ratios) {
  const auto compared = static_cast<std::size_t>(
      std::count_if(ratios.begin(), ratios.end(), [](const LeadingRatio& one) { return one.ratio.has_value(); }));
  const double level = corrected_level(kLevel, compared);
  std::vector<AgainstCell> cells;
  for (const LeadingRatio& one : ratios) {
    cells.push_back({table, one.subject, compare(one.own.valid, one.reference.valid, level)});
  }
  return cells;
}

/// How sure the verdicts are, and what they would take where the blocks do not support them.
std::vector<std::string> level_notes(const std::vector<AgainstCell>& cells) {
  std::size_t compared = 0;
  std::size_t without = 0;
  for (const AgainstCell& cell : cells) {
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
                                pairs_needed(corrected_level(kLevel, compared))));
  }
  return notes;
}

std::vector<Gap> gaps_of(const std::vector<LeadingRatio>& ratios, const Figure& figure) {
  std::vector<Gap> gaps;
  const auto add = [&](const std::string& subject, const FigureSeries& series) {
    if (present(series.struck) == 0) return;
    gaps.push_back({subject, std::string(figure.title), series.reason, present(series.valid)});
  };
  for (const LeadingRatio& one : ratios) {
    add(one.subject, one.own);
    add(one.subject + std::string(kOtherBuild), one.reference);
  }
  return gaps;
}

}  // namespace

std::string against_verdict(const AgainstCell& cell) {
  if (!cell.ratio || !cell.ratio->interval) return "cannot tell";
  if (cell.ratio->tied()) return "no difference";
  return cell.ratio->median > 1 ? "this build worse" : "other build worse";
}

std::vector<AgainstCell> against_cells(std::span<const Trial> trials, const ReportInfo& info) {
  std::vector<std::string> tables = info.tables;
  for (const Trial& trial : trials) {
    if (std::find(tables.begin(), tables.end(), trial.table) == tables.end()) tables.push_back(trial.table);
  }
  std::vector<AgainstCell> cells;
  for (const std::string& table : tables) {
    const std::vector<AgainstCell> of_table = cells_of(table, leading_ratios(trials, table, info, UINT64_MAX));
    cells.insert(cells.end(), of_table.begin(), of_table.end());
  }
  return cells;
}

Table against_table(const Grid& grid, const std::string& name, const ReportInfo& info) {
  const Figure* const leading = leading_figure(grid);
  const Figure figure = leading == nullptr ? Figure{} : *leading;  // Without one there are no ratios, and no rows.
  const std::string key(figure.key), title(figure.title), unit(figure.unit);
  Table table;
  table.name = name;
  table.baseline = "the other build";
  table.caption = caption(grid, name, "");
  table.columns = {{"subject", "subject", "", Align::left},
                   {key, "this " + title, unit},
                   {key + ".other", "other " + title, unit},
                   {"ratio", "this/other", ""},
                   {"verdict", "verdict", "", Align::left}};
  const std::vector<LeadingRatio> ratios = leading_ratios(grid, info);
  const std::vector<AgainstCell> cells = cells_of(name, ratios);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    TableRow row{.subject = ratios[i].subject, .cells = {}, .remark = ""};
    row.cells = {text_cell(ratios[i].subject), figure_cell(figure, ratios[i].own),
                 figure_cell(figure, ratios[i].reference), ratio_cell(cells[i].ratio),
                 text_cell(against_verdict(cells[i]))};
    table.rows.push_back(std::move(row));
  }
  const auto append = [&](const std::vector<std::string>& notes) {
    table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  };
  for (const GridRow& row : grid.rows) {
    if (const std::string remark = remark_of(row); !remark.empty()) table.notes.push_back(row.subject + ": " + remark);
  }
  append(outcome_notes(grid));
  append(gap_notes(gaps_of(ratios, figure), grid.blocks.size()));
  append(level_notes(cells));
  append(repeat_notes(grid));
  append(precision_notes(ratios, info.precision));
  table.visible = visible_difference(ratios, grid.blocks.size());
  return table;
}

}  // namespace bakeoff

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

/// What each cell may claim by chance, added up.
double chance_claims(const std::vector<LeadingRatio>& ratios) {
  double claims = 0;
  for (const LeadingRatio& one : ratios) {
    const auto ranks = one.ratio ? median_interval_ranks(one.ratio->pairs, kLevel) : std::nullopt;
    if (ranks) claims += 1 - ranks->coverage;
  }
  return claims;
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

bool is_regression(const AgainstCell& cell, double share) {
  return cell.ratio && cell.ratio->interval && !cell.ratio->tied() && cell.ratio->median >= 1 + share;
}

std::vector<AgainstCell> against_cells(std::span<const Trial> trials, const ReportInfo& info) {
  std::vector<std::string> tables = info.tables;
  for (const Trial& trial : trials) {
    if (std::find(tables.begin(), tables.end(), trial.table) == tables.end()) tables.push_back(trial.table);
  }
  std::vector<AgainstCell> cells;
  for (const std::string& table : tables) {
    for (const LeadingRatio& one : leading_ratios(trials, table, info, UINT64_MAX)) {
      cells.push_back({table, one.subject, one.ratio});
    }
  }
  return cells;
}

Table against_table(const Grid& grid, const std::string& name, const ReportInfo& info) {
  const Figure& figure = leading_figure(grid);
  const std::string key(figure.key), title(figure.title), unit(figure.unit);
  Table table;
  table.name = name;
  table.baseline = "the other build";
  table.caption = caption(grid, name);
  table.columns = {{"subject", "subject", "", Align::left},
                   {key, "this " + title, unit},
                   {key + ".other", "other " + title, unit},
                   {"ratio", "this/other", ""},
                   {"verdict", "verdict", "", Align::left}};
  const std::vector<LeadingRatio> ratios = leading_ratios(grid, info);
  for (const LeadingRatio& one : ratios) {
    TableRow row{.subject = one.subject, .cells = {}, .remark = ""};
    row.cells = {text_cell(one.subject), figure_cell(figure, one.own), figure_cell(figure, one.reference),
                 ratio_cell(one.ratio), text_cell(against_verdict({name, one.subject, one.ratio}))};
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
  append(block_notes(grid));
  append(precision_notes(ratios, info.precision));
  table.visible = visible_difference(ratios, grid.blocks.size());
  if (const double claims = chance_claims(ratios); claims > 0) {
    table.notes.push_back(
        fmt::format("of {} equal subjects {:.2g} would be called different by chance", ratios.size(), claims));
  }
  return table;
}

}  // namespace bakeoff

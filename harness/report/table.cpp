#include "harness/report/table.h"

#include <algorithm>

#include <fmt/format.h>

#include "harness/report/build_comparison.h"
#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"
#include "harness/report/families.h"
#include "harness/report/figures.h"
#include "harness/report/grid.h"
#include "harness/report/grids_of_report.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/letters.h"
#include "harness/report/memory_curve.h"
#include "harness/report/notes.h"
#include "harness/report/overview.h"
#include "harness/report/run_counts.h"
#include "harness/report/runtime_notes.h"
#include "harness/report/scaling_notes.h"
#include "harness/report/sweep_table.h"
#include "harness/report/twins.h"

namespace bakeoff::report {
namespace {

// The best, and everything that its pairs do not tell apart from it. Without enough pairs for an interval there is no
// best: one run's smallest number says nothing.
void mark_best(const Figure& figure, const FigureColumn& figures, const std::vector<bool>& may_win, Table& table,
               std::size_t column) {
  std::vector<TableRow>& rows = table.rows;
  std::optional<std::size_t> best;
  std::size_t rivals = 0;
  const auto competes = [&](std::size_t i) {
    const Cell& cell = rows[i].cells[column];
    return may_win[i] && cell.value && cell.struck_reason.empty() &&
           stats::median_interval_ranks(cell.blocks, stats::kConfidenceLevel);
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!competes(i)) continue;
    ++rivals;
    const double value = *rows[i].cells[column].value;
    const double least = best ? *rows[*best].cells[column].value : 0;
    if (!best || (figure.more_is_better ? value > least : value < least)) best = i;
  }
  if (rivals < 2) return;
  const Cell& winner = rows[*best].cells[column];
  std::size_t winners = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!competes(i)) continue;
    Cell& cell = rows[i].cells[column];
    // In a table in families, letters compare within one only.
    const bool comparable = !table.by_family || rows[i].family == rows[*best].family;
    if (comparable && !winner.letters.empty() && !cell.letters.empty()) {
      cell.best = cell.letters.find_first_of(winner.letters) != std::string::npos;
    } else {
      // Equal medians: a count that is 0 everywhere has no ratio.
      const auto ratio = stats::compare(figures[i].valid, figures[*best].valid);
      cell.best = i == *best || *cell.value == *winner.value || (ratio && (!ratio->interval || ratio->tied()));
    }
    winners += cell.best;
  }
  if (winners < rivals) return;
  for (TableRow& row : rows) row.cells[column].best = false;  // No subject stands out.
}

Cell baseline_cell(const stats::Series& values) {
  Cell cell;
  if (count_values(values) == 0) return cell;
  cell.text = "1";
  cell.value = 1;
  cell.blocks = count_values(values);
  return cell;
}

/// Texts behind the subjects' names: what they are like; of jobs what they ran on, and of probes where.
struct TextColumn {
  std::string name;
  std::vector<std::string> values;
  bool dispensable = false;
};

/// The first that a row's trials give; "" where none does.
template <typename Take>
TextColumn text_column(const Grid& grid, const std::string& name, const Take& take) {
  TextColumn column{.name = name, .values = {}};
  for (const GridRow& row : grid.rows) {
    std::string& value = column.values.emplace_back();
    for (const journal::Trial* trial : row.trials) {
      if (trial != nullptr && value.empty()) value = take(*trial);
    }
  }
  return column;
}

std::string executor_of(const journal::Trial& trial) {
  const bool named = trial.job && (trial.subject == trial.job->executor ||
                                   trial.subject.substr(0, trial.subject.find(':')) == trial.job->executor);
  return trial.job && !named ? trial.job->executor : "";
}

std::string placement_of(const journal::Trial& trial) {
  if (!trial.server_receipt) return "";
  const auto place = trial.server_receipt->settings.find("place");
  return place == trial.server_receipt->settings.end() ? "" : place->second;
}

std::vector<TextColumn> text_columns(const Grid& grid, const ReportInfo& info) {
  std::vector<TextColumn> columns;
  if (grid.is_job) {
    columns.push_back(text_column(grid, "executor", executor_of));
    columns.push_back(text_column(grid, "place", placement_of));
  } else {
    columns.push_back(text_column(grid, "like", [&](const journal::Trial& trial) {
      const auto found = info.like.find(trial.subject);
      return found == info.like.end() ? "" : found->second;
    }));
    columns.back().dispensable = true;
  }
  std::erase_if(columns, [](const TextColumn& column) {
    return std::ranges::all_of(column.values, [](const std::string& value) { return value.empty(); });
  });
  return columns;
}

bool all_empty(const FigureColumn& figures) {
  return std::all_of(figures.begin(), figures.end(), [](const FigureSeries& series) {
    return count_values(series.valid) == 0 && count_values(series.struck) == 0;
  });
}

std::vector<VoidedCell> voided_cells_of(const std::vector<std::pair<const Figure*, FigureColumn>>& columns,
                                        const Grid& grid) {
  std::vector<VoidedCell> voided_cells;
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    for (const auto& [figure, figures] : columns) {
      const FigureSeries& series = figures[i];
      const std::size_t valid = count_values(series.valid);
      if (count_values(series.struck) == 0) continue;
      voided_cells.push_back(
          {grid.rows[i].subject, title_without_unit(figure->title, figure->unit), series.reason, valid});
    }
  }
  return voided_cells;
}

Table make_table(const Grid& grid, const std::string& name, const ReportInfo& info) {
  if (!info.against.empty()) return build_comparison_table(grid, name, info);
  Table table;
  table.name = name;
  table.baseline = baseline_of(grid, info);
  table.caption = caption(grid, name);
  const std::vector<TextColumn> texts = text_columns(grid, info);
  table.columns.push_back({"subject", "subject", "", Align::left});
  for (const TextColumn& text : texts) {
    table.columns.push_back({text.name, text.name, "", Align::left, "", text.dispensable});
  }
  std::vector<bool> may_win;
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    const GridRow& row = grid.rows[i];
    TableRow shown_row{.subject = row.subject, .cells = {}, .remark = remark_of(row)};
    shown_row.cells.push_back(text_cell(row.subject));
    for (const TextColumn& text : texts) shown_row.cells.push_back(text_cell(text.values[i]));
    table.rows.push_back(std::move(shown_row));
    // A subject that refuses or loses requests is cheap for a bad reason.
    may_win.push_back(std::all_of(row.trials.begin(), row.trials.end(), [](const journal::Trial* trial) {
      return trial == nullptr || trial->outcome == journal::Outcome::ok;
    }));
  }
  add_families(table, info);  // The rows of the grid are in this order already.

  const auto baseline = std::find_if(grid.rows.begin(), grid.rows.end(),
                                     [&](const GridRow& row) { return row.subject == table.baseline; });
  std::vector<std::pair<const Figure*, FigureColumn>> columns;
  for (const Figure& figure : grid.figures) {
    FigureColumn figures;
    for (const GridRow& row : grid.rows) figures.push_back(figure_series(row, figure));
    if (all_empty(figures)) continue;
    const bool leading = columns.empty();
    const std::size_t place = table.columns.size();
    table.columns.push_back({.key = figure.key, .title = figure.title, .unit = figure.unit, .spare = figure.spare});
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      table.rows[i].cells.push_back(figure_cell(figure, figures[i]));
    }
    if (leading) add_letters(table, figures, place);
    if (!figure.yes_or_no && !figure.neither_is_better) mark_best(figure, figures, may_win, table, place);
    if (leading && baseline != grid.rows.end() && grid.rows.size() > 1) {
      const auto base = static_cast<std::size_t>(baseline - grid.rows.begin());
      table.columns.push_back({"ratio", "vs " + table.baseline, ""});
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        table.rows[i].cells.push_back(i == base ? baseline_cell(figures[i].valid)
                                                : ratio_cell(stats::compare(figures[i].valid, figures[base].valid)));
      }
    }
    if (const RunCount* count = run_count_of(grid, figure)) {
      table.columns.push_back(count->column);
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        table.rows[i].cells.push_back(run_count_cell(grid.rows[i], figure));
      }
    }
    columns.emplace_back(&figure, std::move(figures));
  }

  const auto append = [&](const std::vector<std::string>& notes) {
    table.notes.insert(table.notes.end(), notes.begin(), notes.end());
  };
  append(runtime_notes(grid));
  append(evidence_notes(grid));
  append(scaling_notes(grid));
  append(run_count_notes(grid));
  append(rare_event_notes(grid));
  append(steady_notes(grid));
  append(pause_notes(grid));
  append(outcome_notes(grid));
  // Without a number in the whole table there is no column that a remark could stand in.
  if (columns.empty()) {
    for (const TableRow& row : table.rows) {
      table.notes.push_back(row.subject + ": " + (row.remark.empty() ? "no figures" : row.remark));
    }
  }
  append(void_notes(voided_cells_of(columns, grid), grid.blocks.size()));
  append(interval_notes(grid));
  append(repeat_notes(grid));
  const std::vector<LeadingRatio> ratios = leading_ratios(grid, info);
  append(precision_notes(ratios, info.precision));
  table.detectable = detectable_difference(ratios, grid.blocks.size());
  return table;
}

Grid grid_of(std::span<const journal::Trial> trials, const std::string& name, const ReportInfo& info) {
  Grid grid = make_grid(trials_of_table(trials, name), info.subjects);
  order_by_family(grid, info);
  return grid;
}

}  // namespace

Table build_table(std::span<const journal::Trial> trials, const std::string& name, const ReportInfo& info) {
  return make_table(grid_of(trials, name, info), name, info);
}

std::vector<Table> build_tables(std::span<const journal::Trial> trials, const std::string& name,
                                const ReportInfo& info) {
  const Grid grid = grid_of(trials, name, info);
  std::vector<Table> tables{make_table(grid, name, info)};
  if (auto twins = twin_table(grid, name, info)) tables.push_back(std::move(*twins));
  return tables;
}

Report build_report(std::span<const journal::Trial> trials, const ReportInfo& info) {
  const GridsOfReport of_tables = grids_of_report(trials, info);
  const std::vector<Grid>& grids = of_tables.grids;
  Report report{.experiment = info.experiment,
                .question = info.question,
                .head = {},
                .overview = {},
                .tables = {},
                .agreement = {},
                .foot = info.foot};
  std::vector<const journal::SweepFacts*> shown;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    if (const journal::SweepFacts* sweep = sweep_of(grids[i].table, info);
        sweep != nullptr && info.against.empty() && std::ranges::find(shown, sweep) == shown.end()) {
      shown.push_back(sweep);
      if (auto table = sweep_table(*sweep, grids, info)) {
        add_families(*table, info);
        report.tables.push_back(std::move(*table));
      }
      if (auto table = memory_curve(*sweep, grids)) {
        add_families(*table, info);
        report.tables.push_back(std::move(*table));
      }
    }
    report.tables.push_back(make_table(grids[i], of_tables.names[i], info));
    if (auto twins = twin_table(grids[i], of_tables.names[i], info)) report.tables.push_back(std::move(*twins));
  }
  report.agreement = rank_agreement(grids, info);
  // Two builds are compared subject by subject; their tables have no figure that leads all.
  if (info.against.empty()) report.overview = overview_of(report.tables);
  if (report.overview) add_families(*report.overview, info);
  if (const std::string line = detectable_line(report.tables); !line.empty()) {
    report.foot.insert(report.foot.begin(), line);
  }
  return report;
}

}  // namespace bakeoff::report

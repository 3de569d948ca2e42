#include "harness/report/compare/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/journal/trial_json.h"
#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"
#include "harness/report/compare/manifest_differences.h"
#include "harness/report/grid.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/notes.h"
#include "harness/report/number_format.h"

namespace bakeoff::report::compare {
namespace {

constexpr const char* kRunNames[] = {"run 1", "run 2"};

using Lines = std::vector<std::string>;

bool has(const Lines& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Names of tables in the order of the manifest, then in that of the rows.
Lines tables_of(const RecordedRun& run) {
  Lines names;
  const auto in_rows = [&](const std::string& name) {
    return std::any_of(run.trials.begin(), run.trials.end(),
                       [&](const journal::Trial& trial) { return trial.table == name; });
  };
  for (const std::string& name : run.manifest.tables) {
    if (in_rows(name) && !has(names, name)) names.push_back(name);
  }
  for (const journal::Trial& trial : run.trials) {
    if (!has(names, trial.table)) names.push_back(trial.table);
  }
  return names;
}

Grid grid_of_run(const RecordedRun& run, const std::string& table) {
  return make_grid(trials_of_table(run.trials, table), run.manifest.subjects);
}

// "connections 64 against 128", in the order of the names; "" when the setting is the same.
std::string setting_difference(const Grid& before, const Grid& after) {
  const journal::Trial* const one = example_trial(before);
  const journal::Trial* const other = example_trial(after);
  if (one == nullptr || other == nullptr) return "";  // A table without trials has no setting.
  std::vector<journal::fields::Difference> found = differences(one->params, other->params);
  if (name_of(one->params.kind) != name_of(other->params.kind)) {
    found.push_back({name_of(one->params.kind), one->workload, std::nullopt});
    found.push_back({name_of(other->params.kind), std::nullopt, other->workload});
  } else if (one->workload != other->workload) {
    found.push_back({name_of(one->params.kind), one->workload, other->workload});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  Lines parts;
  for (const journal::fields::Difference& difference : found) {
    parts.push_back(fmt::format("{} {} against {}", difference.name, difference.one.value_or("none"),
                                difference.other.value_or("none")));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

// That one run has measured the subjects in alternating slices, and the other one after the other; "" when both did
// alike.
std::string way_difference(const Grid& before, const Grid& after) {
  const auto way = [](const Grid& grid) {
    std::string text = way_of_measuring(grid);
    return text.empty() ? std::string("one after the other") : text;
  };
  const std::string one = way(before), other = way(after);
  return one == other ? "" : fmt::format("measured in two ways: {} in run 1, {} in run 2", one, other);
}

// What one run says of one subject.
struct RunSide {
  FigureSeries series;
  std::optional<double> median;
  std::optional<stats::Ratio> ratio;
  std::string why_incomplete;  // Why there is no ratio or a smaller one; "" when nothing is wrong.
};

RunSide side_of(const Grid& grid, const GridRow& row, const Figure& figure, const stats::Series& floor) {
  RunSide side{.series = figure_series(row, figure), .median = {}, .ratio = {}, .why_incomplete = remark_of(row)};
  if (const auto summary = stats::summarize(side.series.valid)) side.median = summary->median;
  side.ratio = stats::compare(side.series.valid, floor);
  if (!side.why_incomplete.empty()) return side;
  const std::size_t pairs = side.ratio ? side.ratio->pairs : 0;
  if (pairs < grid.blocks.size()) {
    side.why_incomplete = fmt::format("{} of {} blocks count", pairs, grid.blocks.size());
    if (!side.series.reason.empty()) side.why_incomplete += fmt::format(" ({})", side.series.reason);
  }
  return side;
}

Cell change_cell(const std::optional<stats::Change>& change, std::size_t blocks) {
  Cell cell;
  if (!change) return cell;
  cell.value = change->median;
  cell.text = format_number(change->median);
  cell.interval = change->interval;
  cell.tied = change->interval && change->interval->contains(1);
  cell.blocks = blocks;
  return cell;
}

std::string floor_line(const std::string& floor, const Figure& figure, const RunSide& before, const RunSide& after) {
  std::string text = floor + ", the floor, is not compared";
  if (before.median && after.median) {
    text += fmt::format(": {} {} in run 1, {} in run 2, a factor of {}", title_without_unit(figure.title, figure.unit),
                        number_with_unit(*before.median, figure.unit), number_with_unit(*after.median, figure.unit),
                        format_number(*after.median / *before.median));
  }
  return text;
}

class Comparison {
 public:
  Comparison(const RecordedRun& before, const RecordedRun& after, std::string floor, double margin)
      : before_(before), after_(after), floor_(std::move(floor)), margin_(margin) {}

  Changes run() {
    head();
    const Lines first = tables_of(before_);
    const Lines second = tables_of(after_);
    for (const std::string& name : first) {
      if (has(second, name)) compare_table(name, grid_of_run(before_, name), grid_of_run(after_, name));
    }
    for (const std::string& name : first) {
      if (!has(second, name)) foot(name + ": only run 1 has this table");
    }
    for (const std::string& name : second) {
      if (!has(first, name)) foot(name + ": only run 2 has this table");
    }
    count();
    return std::move(changes_);
  }

 private:
  void foot(std::string line) { changes_.report.foot.push_back(std::move(line)); }

  void head() {
    Report& report = changes_.report;
    report.experiment = before_.manifest.experiment;
    if (after_.manifest.experiment != report.experiment) report.experiment += " and " + after_.manifest.experiment;
    report.question = "What changed from run 1 to run 2?";
    for (const auto& [index, run] : {std::pair{0, &before_}, std::pair{1, &after_}}) {
      report.head.push_back(fmt::format("{}: {}{}", kRunNames[index], run->name,
                                        run->manifest.started_at.empty() ? "" : ", " + run->manifest.started_at));
    }
    const Lines differences = manifest_differences(before_.manifest, after_.manifest);
    report.head.insert(report.head.end(), differences.begin(), differences.end());
    if (differences.empty()) report.head.emplace_back("machine, build and experiment are the same");
  }

  void compare_table(const std::string& name, const Grid& before, const Grid& after) {
    if (const std::string difference = setting_difference(before, after); !difference.empty()) {
      foot(name + ": not compared, the setting differs: " + difference);
      return;
    }
    const GridRow* floor_before = find_row(before, floor_);
    const GridRow* floor_after = find_row(after, floor_);
    if (floor_before == nullptr || floor_after == nullptr) {
      foot(fmt::format("{}: not compared, {} has no row of {}, the floor", name,
                       floor_before == nullptr ? "run 1" : "run 2", floor_));
      return;
    }
    const Figure* const leading = leading_figure(before);
    if (leading == nullptr) {
      foot(name + ": not compared, run 1 has no figures");
      return;
    }
    const Figure& figure = *leading;
    const stats::Series base_before = figure_series(*floor_before, figure).valid;
    const stats::Series base_after = figure_series(*floor_after, figure).valid;
    Table table;
    table.name = name;
    table.caption = fmt::format("{} · {} against {} · {}", setting(before, name), extent(before), extent(after),
                                std::string(figure.title));
    table.columns = {{"subject", "subject", "", Align::left},
                     {"ratio_1", "run 1 vs " + floor_, ""},
                     {"ratio_2", "run 2 vs " + floor_, ""},
                     {"change", "change", ""},
                     {"verdict", "verdict", "", Align::left}};
    if (std::string way = way_difference(before, after); !way.empty()) table.notes.push_back(std::move(way));
    bool intervals = true;
    for (const GridRow& row : before.rows) {
      if (row.subject == floor_) continue;
      const GridRow* other = find_row(after, row.subject);
      if (other == nullptr) {
        table.notes.push_back(row.subject + ": only in run 1");
        continue;
      }
      const RunSide one = side_of(before, row, figure, base_before);
      const RunSide two = side_of(after, *other, figure, base_after);
      intervals = add_row(table, row.subject, one, two, figure.more_is_better) && intervals;
    }
    for (const GridRow& row : after.rows) {
      if (find_row(before, row.subject) == nullptr) table.notes.push_back(row.subject + ": only in run 2");
    }
    if (!intervals) {
      table.notes.push_back(fmt::format("no verdict without intervals: they need {} blocks with valid values of both",
                                        stats::pairs_needed(stats::kConfidenceLevel)));
    }
    const RunSide one = side_of(before, *floor_before, figure, base_before);
    const RunSide two = side_of(after, *floor_after, figure, base_after);
    add_incomplete_notes(table, floor_, one, two);
    table.notes.push_back(floor_line(floor_, figure, one, two));
    changes_.report.tables.push_back(std::move(table));
  }

  // Whether there is an interval of the change, or nothing that could have one.
  bool add_row(Table& table, const std::string& subject, const RunSide& one, const RunSide& two, bool more_is_better) {
    CellChange cell{.table = table.name, .subject = subject, .change = std::nullopt};
    if (one.ratio && two.ratio) cell.change = stats::change_between(*one.ratio, *two.ratio, margin_, more_is_better);
    const stats::ChangeVerdict verdict = cell.change ? cell.change->verdict : stats::ChangeVerdict::cannot_tell;
    const std::size_t pairs = cell.change ? std::min(one.ratio->pairs, two.ratio->pairs) : 0;
    TableRow row{.subject = subject, .cells = {}, .remark = ""};
    row.cells = {text_cell(subject), ratio_cell(one.ratio), ratio_cell(two.ratio), change_cell(cell.change, pairs),
                 text_cell(std::string(stats::change_name(verdict)))};
    table.rows.push_back(std::move(row));
    add_incomplete_notes(table, subject, one, two);
    const bool has_interval = !cell.change || cell.change->interval;
    changes_.cells.push_back(std::move(cell));
    return has_interval;
  }

  static void add_incomplete_notes(Table& table, const std::string& subject, const RunSide& one, const RunSide& two) {
    for (const auto& [index, side] : {std::pair{0, &one}, std::pair{1, &two}}) {
      if (!side->why_incomplete.empty()) {
        table.notes.push_back(fmt::format("{} in {}: {}", subject, kRunNames[index], side->why_incomplete));
      }
    }
  }

  void count() {
    Lines changed;
    std::size_t same = 0;
    std::size_t unknown = 0;
    for (const CellChange& cell : changes_.cells) {
      const stats::ChangeVerdict verdict = cell.change ? cell.change->verdict : stats::ChangeVerdict::cannot_tell;
      same += verdict == stats::ChangeVerdict::same;
      unknown += verdict == stats::ChangeVerdict::cannot_tell;
      if (verdict != stats::ChangeVerdict::better && verdict != stats::ChangeVerdict::worse) continue;
      changed.push_back(fmt::format("{} {} {}, {} {}", cell.table, cell.subject, stats::change_name(verdict),
                                    format_number(cell.change->median), format_interval(*cell.change->interval)));
    }
    const std::size_t all = changes_.cells.size();
    if (all == 0) {
      foot("no cell could be compared");
      return;
    }
    std::string line = fmt::format("{} of {} {} changed", changed.size(), all, all == 1 ? "cell" : "cells");
    for (std::size_t i = 0; i < changed.size(); ++i) line += (i == 0 ? ": " : "; ") + changed[i];
    line += fmt::format(" · {} the same · {} that cannot be told", same, unknown);
    foot(line);
    foot(
        fmt::format("changed: the whole interval is further than {:.3g} % from 1, which is what two runs of one commit "
                    "may differ by; the same: it is within {:.3g} %",
                    100 * margin_, 100 * stats::kSameMargins * margin_));
    foot("intervals of a run: 95 %, pointwise; of a change: from end to end of both, which is wider than it had to be");
  }

  const RecordedRun& before_;
  const RecordedRun& after_;
  std::string floor_;
  double margin_;
  Changes changes_;
};

}  // namespace

Changes build_changes(const RecordedRun& before, const RecordedRun& after, const std::string& floor, double margin) {
  return Comparison(before, after, floor, margin).run();
}

}  // namespace bakeoff::report::compare

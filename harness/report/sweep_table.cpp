#include "harness/report/sweep_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/report/caption.h"
#include "harness/report/cell_format.h"
#include "harness/report/column_units.h"
#include "harness/report/figures.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/notes.h"
#include "harness/report/number_format.h"
#include "harness/report/sweep_points.h"
#include "harness/stats/sweep.h"

namespace bakeoff::report {
namespace {

constexpr std::string_view kMemory = "pss_end_mib";
/// Of jobs: the growth of a program of ours, or all that a program of others has.
constexpr std::string_view kPss = "pss_mib";

/// "0.12", and never "-0.00".
std::string exponent_in_words(double exponent) {
  constexpr double kLeastShown = 0.005;
  return fmt::format("{:.2f}", std::abs(exponent) < kLeastShown ? 0.0 : exponent);
}

std::string value_in_words(double value) {
  return value == std::floor(value) && value >= 0 ? format_count(static_cast<std::uint64_t>(value))
                                                  : fmt::format("{:.10g}", value);
}

class SweepReport {
 public:
  SweepReport(const journal::SweepFacts& sweep, std::vector<GridAt> points, const ReportInfo& info)
      : sweep_(sweep),
        points_(std::move(points)),
        leading_(*leading_figure(*points_.front().grid)),
        baseline_(baseline_of(*points_.front().grid, info)) {}

  Table table() {
    Table table;
    table.name = sweep_.name;
    table.baseline = baseline_;
    table.caption = fmt::format("{} · {} vs {} at each of {} · {} · intervals in the table of each point", sweep_.name,
                                title_without_unit(leading_.title, leading_.unit), baseline_, in_list(),
                                extent(*points_.front().grid));
    table.columns.push_back({"subject", "subject", "", Align::left});
    for (const GridAt& point : points_) {
      const std::string value = value_in_words(point.at);
      table.columns.push_back({fmt::format("at_{:.10g}", point.at), value, ""});
    }
    for (const std::string& subject : subjects_of(points_)) table.rows.push_back(row_of(subject));
    mark_unsupported(table);
    add_crossings(table.notes);
    for (const std::string& subject : subjects_of(points_)) add_growth(subject, table.notes);
    for (const std::string& subject : subjects_of(points_)) add_memory_of_unit(subject, table.notes);
    return table;
  }

 private:
  /// "1, 16, 256 connections"
  std::string in_list() const {
    std::vector<std::string> values;
    for (const GridAt& point : points_) values.push_back(value_in_words(point.at));
    return fmt::format("{} {}", fmt::join(values, ", "), noun_of(sweep_.key));
  }
  std::string at(std::size_t point) const { return value_in_words(points_[point].at); }

  TableRow row_of(const std::string& subject) const {
    TableRow row{.subject = subject, .cells = {text_cell(subject)}, .remark = ""};
    for (const GridAt& point : points_) {
      const GridRow* const found = find_row(*point.grid, subject);
      const std::string remark = found == nullptr ? "" : remark_of(*found);
      if (!remark.empty()) {
        row.cells.push_back(text_cell(remark.substr(0, remark.find_first_of(" :,("))));  // The outcome.
        continue;
      }
      Cell cell = ratio_cell(
          stats::compare(by_block(*point.grid, subject, leading_), by_block(*point.grid, baseline_, leading_)));
      cell.tied = cell.tied && subject != baseline_;
      row.cells.push_back(std::move(cell));
    }
    return row;
  }

  /// Intervals have no room in this table: a ratio without one among ratios that have one would look told apart.
  void mark_unsupported(Table& table) const {
    const auto has_interval = [](const Cell& cell) { return cell.interval.has_value(); };
    const bool any = std::ranges::any_of(
        table.rows, [&](const TableRow& row) { return std::ranges::any_of(row.cells, has_interval); });
    bool marked = false;
    for (TableRow& row : table.rows) {
      for (Cell& cell : row.cells) {
        const bool unsupported = any && cell.value && !cell.interval && row.subject != baseline_;
        if (unsupported) cell.text += " ?";
        marked = marked || unsupported;
        cell.interval.reset();
      }
    }
    if (marked) table.notes.emplace_back("?: too few blocks have valid values of both for an interval");
  }

  void add_crossings(std::vector<std::string>& notes) const {
    bool any_known = false;
    std::vector<std::string> found;
    for (const std::string& subject : subjects_of(points_)) {
      if (subject == baseline_) continue;
      std::vector<stats::SweepPoint> compared;
      for (const GridAt& point : points_) {
        compared.push_back({.at = point.at,
                            .subject = by_block(*point.grid, subject, leading_),
                            .baseline = by_block(*point.grid, baseline_, leading_)});
      }
      const stats::Crossing crossing = stats::find_crossing(compared);
      any_known = any_known ||
                  std::ranges::any_of(crossing.sides, [](stats::Side side) { return side != stats::Side::unknown; });
      found.push_back(subject + " " + in_words(crossing));
    }
    if (found.empty()) return;
    if (any_known) {
      notes.insert(notes.end(), found.begin(), found.end());
      notes.push_back(
          fmt::format("of each subject: 95 % over all {} points together; nothing is said of values between "
                      "them",
                      points_.size()));
    } else {
      notes.push_back(
          fmt::format("no crossovers: telling {} points apart at 95 % together needs {} blocks with valid "
                      "values",
                      points_.size(), stats::blocks_for_crossing(points_.size())));
    }
  }

  std::string in_words(const stats::Crossing& crossing) const {
    const std::string noun = noun_of(sweep_.key);
    if (!crossing.begins) {
      return fmt::format("is not told apart from {} at {} {}, the last point", baseline_, at(points_.size() - 1), noun);
    }
    const bool below = crossing.sides.back() == stats::Side::below;
    const char* const side = below ? "below" : "above";
    if (*crossing.begins == 0) return fmt::format("is {} {} at every point", side, baseline_);
    if (crossing.leaves) {
      return fmt::format("is {} {} up to {}, and {} it from {} {} on: they cross between {} and {}",
                         below ? "above" : "below", baseline_, at(*crossing.leaves), side, at(*crossing.begins), noun,
                         at(*crossing.leaves), at(*crossing.begins));
    }
    return fmt::format("is {} {} from {} {} on, and not always told apart from it before", side, baseline_,
                       at(*crossing.begins), noun);
  }

  /// "prefork: CPU per req grows as connections^0.12 [0.10, 0.14], PSS as connections^0.98 [0.97, 0.99], most
  /// changed at 256: ^0.02 up to it, ^1.00 from it on"
  void add_growth(const std::string& subject, std::vector<std::string>& notes) const {
    std::string text;
    std::vector<const Figure*> figures{&leading_};
    for (const Figure& figure : points_.front().grid->figures) {
      if (figure.key == kMemory) figures.push_back(&figure);
    }
    for (const Figure* figure : figures) {
      std::vector<stats::SweepValues> values;
      for (const GridAt& point : points_) {
        if (point.at > 0) values.push_back({.at = point.at, .values = by_block(*point.grid, subject, *figure)});
      }
      const auto growth = values.size() < 2 ? std::nullopt : stats::growth_between(values, 0, values.size() - 1);
      if (!growth || !growth->interval) continue;
      const std::string title = title_without_unit(figure->title, figure->unit);
      text += text.empty() ? fmt::format("{}: {} grows as {}", subject, title, sweep_.key)
                           : fmt::format(", {} as {}", title, sweep_.key);
      text += fmt::format("^{} [{}, {}]", exponent_in_words(growth->exponent), exponent_in_words(growth->interval->low),
                          exponent_in_words(growth->interval->high));
      if (const auto knee = stats::find_knee(values)) {
        text += fmt::format(" (^{} up to {} and ^{} from there on)", exponent_in_words(knee->before.exponent),
                            value_in_words(values[knee->point].at), exponent_in_words(knee->after.exponent));
      }
    }
    if (!text.empty()) notes.push_back(text);
  }

  /// "go: 2.66 KiB of memory for each unit [2.65, 2.68], from 1 to 10,000 of them". What a program has for itself
  /// stands on both sides.
  void add_memory_of_unit(const std::string& subject, std::vector<std::string>& notes) const {
    constexpr double kKibPerMib = 1024;
    if (sweep_.key != "units" || !points_.front().grid->is_job) return;
    for (const Figure& figure : points_.front().grid->figures) {
      if (figure.unit != "MiB" || !figure.key.ends_with(kPss)) continue;
      std::vector<stats::SweepValues> values;
      for (const GridAt& point : points_) {
        stats::Series series = by_block(*point.grid, subject, figure);
        if (stats::summarize(series)) values.push_back({.at = point.at, .values = std::move(series)});
      }
      if (values.size() < 2) continue;
      const auto price = stats::price_of_one(values.front(), values.back());
      if (!price || !price->interval) continue;
      notes.push_back(fmt::format("{}: {} KiB of memory for each unit [{}, {}], from {} to {} of them", subject,
                                  format_number(price->price * kKibPerMib),
                                  format_number(price->interval->low * kKibPerMib),
                                  format_number(price->interval->high * kKibPerMib), value_in_words(values.front().at),
                                  value_in_words(values.back().at)));
      return;
    }
  }

  const journal::SweepFacts& sweep_;
  const std::vector<GridAt> points_;
  const Figure& leading_;
  const std::string baseline_;
};

}  // namespace

std::optional<Table> sweep_table(const journal::SweepFacts& sweep, std::span<const Grid> grids,
                                 const ReportInfo& info) {
  std::vector<GridAt> points = measured_points(sweep, grids);
  if (points.size() < 2 || leading_figure(*points.front().grid) == nullptr) return std::nullopt;
  return SweepReport(sweep, std::move(points), info).table();
}

}  // namespace bakeoff::report

#include "harness/report/plots/forest_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/report/caption.h"
#include "harness/report/column_units.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/number_format.h"
#include "harness/report/plots/frame.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kRowHeight = 20;
constexpr double kTop = 12;
constexpr double kBottom = 44;
constexpr std::size_t kMostCharacters = 36;  ///< Of a name.
constexpr double kTextWidth = 190;           ///< Of the numbers at the right.

struct ForestRow {
  std::string subject;
  std::optional<stats::Ratio> ratio;
  std::string void_reason;  ///< Not empty: the ratio is of void values.
  bool is_baseline = false;
};

std::vector<ForestRow> rows_of(const Grid& grid, const ReportInfo& info) {
  std::vector<ForestRow> rows;
  const std::vector<LeadingRatio> ratios = leading_ratios(grid, info);
  for (const GridRow& row : grid.rows) {
    const auto found = std::ranges::find(ratios, row.subject, &LeadingRatio::subject);
    if (found == ratios.end()) {
      if (info.against.empty() && row.subject == baseline_of(grid, info)) {
        rows.push_back({.subject = row.subject, .ratio = stats::Ratio{}, .void_reason = "", .is_baseline = true});
      }
      continue;
    }
    ForestRow one{.subject = row.subject, .ratio = found->ratio, .void_reason = ""};
    if (!one.ratio) {
      one.ratio = stats::compare(found->own.struck, found->reference.valid);
      one.void_reason = found->own.reason;
      if (one.ratio) one.ratio->interval.reset();
    }
    rows.push_back(std::move(one));
  }
  return rows;
}

std::string numbers_of(const ForestRow& row) {
  if (row.is_baseline) return "1";
  if (!row.ratio) return "no valid number";
  const std::string median = format_number(row.ratio->median);
  if (!row.void_reason.empty()) return fmt::format("void: {}", row.void_reason);
  if (!row.ratio->interval) return median;
  return fmt::format("{} {}{}", median, format_interval(*row.ratio->interval), row.ratio->tied() ? " =" : "");
}

Scale scale_of(const std::vector<ForestRow>& rows, double from, double to) {
  std::vector<ValueWithin> values{{1}};
  for (const ForestRow& row : rows) {
    if (!row.ratio || !row.void_reason.empty()) continue;
    ValueWithin one{row.ratio->median};
    if (row.ratio->interval) one.low = row.ratio->interval->low, one.high = row.ratio->interval->high;
    values.push_back(one);
  }
  const Range range = *logarithmic_range(values);
  return {Scale::Kind::logarithmic, range.low, range.high, from, to};
}

/// An interval that goes on beyond the scale ends with an arrow.
void draw_interval(Svg& svg, const Scale& x, double y, const stats::Interval& interval, const std::string& look) {
  const double low = x.at(interval.low), high = x.at(interval.high);
  svg.line({low, y}, {high, y}, "whisker " + look);
  const auto end = [&](double at, bool goes_on, double way) {
    if (goes_on) {
      svg.line({at, y}, {at - way * 6, y - 4}, "whisker " + look);
      svg.line({at, y}, {at - way * 6, y + 4}, "whisker " + look);
    } else {
      svg.line({at, y - 4}, {at, y + 4}, "whisker " + look);
    }
  };
  end(low, interval.low < x.low(), -1);
  end(high, interval.high > x.high(), 1);
}

PlotData forest_data(const std::vector<ForestRow>& rows) {
  PlotData data{.columns = {"subject", "ratio", "low", "high", "tied", "void"}, .rows = {}};
  for (const ForestRow& row : rows) {
    const bool known = row.ratio && !row.is_baseline && row.ratio->interval;
    data.rows.push_back({row.subject, data_text(row.ratio ? std::optional(row.ratio->median) : std::nullopt),
                         data_text(known ? std::optional(row.ratio->interval->low) : std::nullopt),
                         data_text(known ? std::optional(row.ratio->interval->high) : std::nullopt),
                         known && row.ratio->tied() ? "1" : "0", row.void_reason});
  }
  return data;
}

}  // namespace

std::optional<Plot> forest_plot(const Grid& grid, const ReportInfo& info) {
  const Figure* const figure = leading_figure(grid);
  const std::vector<ForestRow> rows = rows_of(grid, info);
  const auto is_drawn = [](const ForestRow& row) { return row.ratio && !row.is_baseline; };
  if (figure == nullptr || std::ranges::none_of(rows, is_drawn)) return std::nullopt;

  const std::string against = info.against.empty() ? baseline_of(grid, info) : info.against;
  const std::string what = title_without_unit(figure->title, figure->unit);
  Plot plot;
  plot.name = file_name_of(grid.table + "-ratios");
  plot.title = fmt::format("{}: {} against {}", grid.table, what, against);
  plot.data = forest_data(rows);

  double names = 0;
  for (const ForestRow& row : rows) names = std::max(names, text_width(shorten(row.subject, kMostCharacters)));
  const double left = names + 16, right = kPlotWidth - kTextWidth;
  const double bottom = kTop + kRowHeight * static_cast<double>(rows.size());
  Svg svg(kPlotWidth, bottom + kBottom, plot.title,
          "Ratios with their 95 % intervals on a logarithmic axis. Left of 1 is less, which is better.");
  const Scale x = scale_of(rows, left, right);
  for (const Tick& tick : x.ticks()) {
    svg.line({x.at(tick.value), kTop}, {x.at(tick.value), bottom}, "grid");
    svg.text({x.at(tick.value), bottom + 16}, tick.text, Anchor::middle, "small quiet");
  }
  svg.line({x.at(1), kTop}, {x.at(1), bottom}, "ref");
  svg.line({left, bottom}, {right, bottom}, "axis");
  svg.text({(left + right) / 2, bottom + 34}, fmt::format("{} / {} · less is better", what, against), Anchor::middle,
           "quiet");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ForestRow& row = rows[i];
    const double y = kTop + kRowHeight * (static_cast<double>(i) + 0.5);
    svg.text({left - 8, y + 4}, shorten(row.subject, kMostCharacters), Anchor::end, row.is_baseline ? "bold" : "");
    svg.text({right + 10, y + 4}, numbers_of(row), Anchor::start, row.void_reason.empty() ? "small" : "small quiet");
    if (!row.ratio) continue;
    constexpr std::size_t kTold = 0, kGrey = 6;
    const bool tied = row.is_baseline || !row.ratio->interval || row.ratio->tied();
    const std::size_t style = tied ? kGrey : kTold;
    if (row.ratio->interval) draw_interval(svg, x, y, *row.ratio->interval, fmt::format("s{}", style));
    const std::string tip = fmt::format("{}: {}", row.subject, numbers_of(row));
    // One shape for all: the names stand beside them.
    svg.dot({x.at(row.ratio->median), y}, style, !row.void_reason.empty(), tip);
  }
  plot.svg = std::move(svg).str();
  return plot;
}

}  // namespace bakeoff::report::plots

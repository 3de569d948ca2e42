#include "harness/report/cell_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/report/number_format.h"

namespace bakeoff::report {

std::size_t count_values(const stats::Series& series) {
  return static_cast<std::size_t>(
      std::count_if(series.begin(), series.end(), [](const auto& value) { return static_cast<bool>(value); }));
}

Cell text_cell(const std::string& text) {
  Cell cell;
  cell.text = text;
  return cell;
}

std::string value_text(const Figure& figure, double value) {
  constexpr double kSmallCount = 1000, kFew = 10;
  if (figure.yes_or_no && value == 1) return "yes";
  if (figure.yes_or_no && value == 0) return "no";
  if (!figure.whole || !(std::abs(value) < kSmallCount)) return format_number(value);
  // Of few, the half between two counts is much.
  const int decimals = std::abs(value) < kFew && value != std::round(value) ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

Cell figure_cell(const Figure& figure, const FigureSeries& series) {
  Cell cell;
  const bool struck = count_values(series.valid) == 0;
  const stats::Series& source = struck ? series.struck : series.valid;
  const auto summary = stats::summarize(source);
  if (!summary) return cell;
  cell.value = summary->median;
  cell.text = value_text(figure, summary->median);
  cell.blocks = summary->count;
  if (struck) cell.struck_reason = series.reason;
  return cell;
}

Cell range_cell(const Figure& figure, const FigureSeries& series) {
  Cell cell = figure_cell(figure, series);
  const auto summary = stats::summarize(series.valid);
  if (!summary) return cell;
  const std::string lowest = value_text(figure, summary->min), highest = value_text(figure, summary->max);
  if (lowest != highest) cell.range = lowest + "–" + highest;
  return cell;
}

Cell ratio_cell(const std::optional<stats::Ratio>& ratio) {
  Cell cell;
  if (!ratio) return cell;
  cell.value = ratio->median;
  cell.text = format_number(ratio->median);
  cell.interval = ratio->interval;
  cell.tied = ratio->tied();
  cell.blocks = ratio->pairs;
  return cell;
}

}  // namespace bakeoff::report

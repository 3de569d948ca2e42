#include "harness/report/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bakeoff {
namespace {

std::string shown(const Figure& figure, double value) {
  constexpr double kSmallCount = 1000;
  if (figure.whole && std::abs(value) < kSmallCount) return fmt::format("{:.0f}", value);
  return format_number(value);
}

}  // namespace

std::size_t present(const Series& series) {
  return static_cast<std::size_t>(
      std::count_if(series.begin(), series.end(), [](const auto& value) { return value.has_value(); }));
}

Cell text_cell(const std::string& text) {
  Cell cell;
  cell.text = text;
  return cell;
}

Cell figure_cell(const Figure& figure, const FigureSeries& series) {
  Cell cell;
  const bool struck = present(series.valid) == 0;
  const Series& source = struck ? series.struck : series.valid;
  const auto summary = summarize(source);
  if (!summary) return cell;
  cell.value = summary->median;
  cell.text = shown(figure, summary->median);
  cell.blocks = summary->count;
  if (struck) cell.struck_reason = series.reason;
  return cell;
}

Cell ratio_cell(const std::optional<Ratio>& ratio) {
  Cell cell;
  if (!ratio) return cell;
  cell.value = ratio->median;
  cell.text = format_number(ratio->median);
  cell.interval = ratio->interval;
  cell.tied = ratio->tied();
  cell.blocks = ratio->pairs;
  return cell;
}

}  // namespace bakeoff

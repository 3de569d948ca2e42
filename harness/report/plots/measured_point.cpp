#include "harness/report/plots/measured_point.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/report/column_units.h"
#include "harness/stats/compare.h"
#include "harness/stats/summary.h"

namespace bakeoff::report::plots {
namespace {

std::vector<double> sorted_values(const stats::Series& series) {
  std::vector<double> values;
  for (const stats::BlockValue& block : series) {
    if (block && std::isfinite(*block)) values.push_back(*block);
  }
  std::ranges::sort(values);
  return values;
}

}  // namespace

std::optional<LinePoint> measured_point(const GridRow& row, const Figure& figure, double x, double unit_size) {
  const FigureSeries series = figure_series(row, figure);
  std::vector<double> values = sorted_values(series.valid);
  LinePoint point{.x = x};
  if (values.empty()) {
    values = sorted_values(series.struck);
    point.void_reason = series.reason;
  }
  if (values.empty()) return std::nullopt;
  const double median = *stats::median(values);
  point.y = median / unit_size;
  point.tip = fmt::format("{}: {}", row.subject, number_with_unit(median, figure.unit));
  if (!point.void_reason.empty()) {
    point.tip += fmt::format(" (void: {})", point.void_reason);
    return point;
  }
  if (const auto ranks = stats::median_interval_ranks(values.size(), stats::kConfidenceLevel)) {
    point.low = values[ranks->low] / unit_size;
    point.high = values[ranks->high] / unit_size;
  }
  return point;
}

}  // namespace bakeoff::report::plots

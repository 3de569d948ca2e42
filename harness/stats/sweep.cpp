#include "harness/stats/sweep.h"

#include <algorithm>
#include <cmath>

namespace bakeoff::stats {
namespace {

Side side_of(const std::optional<Ratio>& ratio) {
  if (!ratio || !ratio->interval) return Side::unknown;
  if (ratio->interval->high < 1) return Side::below;
  return ratio->interval->low > 1 ? Side::above : Side::tied;
}

/// ln(value) of each point in one block; nullopt unless the block has a value above 0 at all of them.
std::optional<std::vector<double>> logs_in_block(std::span<const SweepValues> points, std::size_t block) {
  std::vector<double> logs;
  for (const SweepValues& point : points) {
    if (block >= point.values.size()) return std::nullopt;
    const std::optional<double>& value = point.values[block].value();
    if (!value || !std::isfinite(*value) || !(*value > 0)) return std::nullopt;
    logs.push_back(std::log(*value));
  }
  return logs;
}

/// The least-squares slope of `logs` on ln(at).
double slope_of(std::span<const SweepValues> points, std::span<const double> logs) {
  const auto n = static_cast<double>(points.size());
  double x_mean = 0, y_mean = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    x_mean += std::log(points[i].at) / n;
    y_mean += logs[i] / n;
  }
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = std::log(points[i].at) - x_mean;
    products += x * (logs[i] - y_mean);
    squares += x * x;
  }
  return products / squares;
}

std::size_t blocks_of(std::span<const SweepValues> points) {
  std::size_t most = 0;
  for (const SweepValues& point : points) most = std::max(most, point.values.size());
  return most;
}

Growth growth_of(std::vector<double> slopes, double level) {
  std::ranges::sort(slopes);
  Growth growth{.exponent = *median(slopes), .interval = std::nullopt, .blocks = slopes.size()};
  if (const auto ranks = median_interval_ranks(slopes.size(), level)) {
    growth.interval = Interval{slopes[ranks->low], slopes[ranks->high]};
  }
  return growth;
}

}  // namespace

Crossing find_crossing(std::span<const SweepPoint> points, double level) {
  Crossing crossing;
  const double each = corrected_level(level, points.size());
  for (const SweepPoint& point : points)
    crossing.sides.push_back(side_of(compare(point.subject, point.baseline, each)));
  const std::vector<Side>& sides = crossing.sides;
  if (sides.empty() || sides.back() == Side::tied || sides.back() == Side::unknown) return crossing;
  std::size_t begins = sides.size() - 1;
  while (begins > 0 && sides[begins - 1] == sides.back()) --begins;
  crossing.begins = begins;
  const Side other = sides.back() == Side::below ? Side::above : Side::below;
  for (std::size_t i = begins; i-- > 0 && !crossing.leaves;) {
    if (sides[i] == other) crossing.leaves = i;
  }
  return crossing;
}

std::size_t blocks_for_crossing(std::size_t points, double level) {
  return pairs_needed(corrected_level(level, points));
}

std::optional<Growth> growth_between(std::span<const SweepValues> points, std::size_t first, std::size_t last,
                                     double level) {
  if (last <= first || last >= points.size()) return std::nullopt;
  const auto range = points.subspan(first, last - first + 1);
  std::vector<double> slopes;
  for (std::size_t block = 0; block < blocks_of(range); ++block) {
    if (const auto logs = logs_in_block(range, block)) slopes.push_back(slope_of(range, *logs));
  }
  return slopes.empty() ? std::nullopt : std::optional(growth_of(std::move(slopes), level));
}

std::optional<PriceOfOne> price_of_one(const SweepValues& low, const SweepValues& high, double level) {
  if (!(high.at > low.at)) return std::nullopt;
  std::vector<double> prices;
  for (std::size_t block = 0; block < std::min(low.values.size(), high.values.size()); ++block) {
    const BlockValue &from = low.values[block], &to = high.values[block];
    if (from && to) prices.push_back((*to - *from) / (high.at - low.at));
  }
  if (prices.empty()) return std::nullopt;
  const Growth middle = growth_of(std::move(prices), level);
  return PriceOfOne{middle.exponent, middle.interval, middle.blocks};
}

std::optional<Knee> find_knee(std::span<const SweepValues> points, double level) {
  if (points.size() < 3) return std::nullopt;
  const double each = corrected_level(level, points.size() - 2);
  std::optional<std::size_t> where;
  double largest = 0;
  for (std::size_t point = 1; point + 1 < points.size(); ++point) {
    const auto left = points.subspan(0, point + 1), right = points.subspan(point);
    std::vector<double> changes;
    for (std::size_t block = 0; block < blocks_of(points); ++block) {
      const auto before = logs_in_block(left, block), after = logs_in_block(right, block);
      if (before && after) changes.push_back(slope_of(right, *after) - slope_of(left, *before));
    }
    if (changes.empty()) continue;
    const Growth change = growth_of(std::move(changes), each);
    if (!change.interval || change.interval->contains(0) || std::abs(change.exponent) <= largest) continue;
    largest = std::abs(change.exponent);
    where = point;
  }
  if (!where) return std::nullopt;
  return Knee{*where, *growth_between(points, 0, *where), *growth_between(points, *where, points.size() - 1)};
}

}  // namespace bakeoff::stats

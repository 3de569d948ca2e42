#include "harness/stats/steady.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace bakeoff::stats {
namespace {

constexpr std::size_t kLeastSegment = 3;
constexpr double kNoSmallerNoise = 0.005;  ///< Of the logarithm: quieter series have no more change points than this.
constexpr double kOutlier = 3;             ///< Noises from the median of the neighbours.
constexpr double kPenalty = 4;             ///< For a segment, times the logarithm of the number of values.
constexpr double kDeviationsPerMedian = 1 / 0.6745;

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// The standard deviation of one value, from neighbours: changes of level are few among them.
double noise_of(const std::vector<double>& values) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < values.size(); ++i) steps.push_back(std::abs(values[i] - values[i - 1]));
  return std::max(kNoSmallerNoise, median_of(std::move(steps)) * kDeviationsPerMedian / std::sqrt(2.));
}

/// Each within some noises of the median of itself and the two on each side.
std::vector<double> without_outliers(const std::vector<double>& values, double noise) {
  constexpr std::size_t kBeside = 2;
  std::vector<double> kept;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t from = i < kBeside ? 0 : i - kBeside;
    const std::size_t to = std::min(values.size(), i + kBeside + 1);
    const double middle = median_of(
        {values.begin() + static_cast<std::ptrdiff_t>(from), values.begin() + static_cast<std::ptrdiff_t>(to)});
    kept.push_back(std::clamp(values[i], middle - kOutlier * noise, middle + kOutlier * noise));
  }
  return kept;
}

struct Segment {
  std::size_t from = 0, to = 0;
  double level = 0;
  std::size_t length() const { return to - from; }
};

/// In their order, without gaps.
std::vector<Segment> segments_of(const std::vector<double>& values, double noise) {
  const std::size_t count = values.size();
  std::vector<double> sum(count + 1), squares(count + 1);
  for (std::size_t i = 0; i < count; ++i) {
    sum[i + 1] = sum[i] + values[i];
    squares[i + 1] = squares[i] + values[i] * values[i];
  }
  const auto error = [&](std::size_t from, std::size_t to) {
    const double total = sum[to] - sum[from];
    return squares[to] - squares[from] - total * total / static_cast<double>(to - from);
  };
  const double penalty = kPenalty * std::log(static_cast<double>(count)) * noise * noise;
  std::vector<double> best(count + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> last_from(count + 1);
  best[0] = 0;
  for (std::size_t to = kLeastSegment; to <= count; ++to) {
    for (std::size_t from = 0; from + kLeastSegment <= to; ++from) {
      const double whole = best[from] + error(from, to) + penalty;
      if (whole < best[to]) {
        best[to] = whole;
        last_from[to] = from;
      }
    }
  }
  std::vector<Segment> segments;
  for (std::size_t to = count; to != 0; to = last_from[to]) {
    const std::size_t from = last_from[to];
    segments.push_back({from, to, (sum[to] - sum[from]) / static_cast<double>(to - from)});
  }
  std::ranges::reverse(segments);
  return segments;
}

/// Whether a level that changes by the margin from the first value to the last is ruled out.
bool is_flat(std::span<const double> values, double noise) {
  const double margin = std::log1p(kSteadyMargin);
  const auto half = values.size() / 2;
  const double error = noise * std::sqrt(2 / static_cast<double>(half));  // Of the difference of two means.
  if (2 * error > margin) return false;
  const auto mean = [](std::span<const double> of) {
    return std::accumulate(of.begin(), of.end(), 0.) / static_cast<double>(of.size());
  };
  return std::abs(mean(values.first(half)) - mean(values.last(half))) <= margin / 2;
}

}  // namespace

std::optional<Steady> find_steady(std::span<const double> costs) {
  if (costs.size() < kLeastSteady) return std::nullopt;
  std::vector<double> logs;
  for (const double cost : costs) {
    if (!(cost > 0) || !std::isfinite(cost)) return std::nullopt;
    logs.push_back(std::log(cost));
  }
  const double noise = noise_of(logs);
  const std::vector<double> values = without_outliers(logs, noise);
  const std::vector<Segment> segments = segments_of(values, noise);
  const double level = segments.back().level, margin = std::log1p(kSteadyMargin);
  auto first = segments.end() - 1;
  while (first != segments.begin() && std::abs((first - 1)->level - level) <= margin) --first;

  const std::size_t length = costs.size() - first->from;
  if (length < kLeastSteady || length < first->from) return std::nullopt;
  if (!is_flat(std::span(values).subspan(first->from), noise)) return std::nullopt;
  Steady steady;
  steady.from = first->from;
  steady.level = std::exp(median_of({logs.end() - static_cast<std::ptrdiff_t>(length), logs.end()}));
  for (auto earlier = segments.begin(); earlier != first; ++earlier) {
    const double over = std::exp(level - earlier->level);
    if (earlier->length() < kLeastSteady || !(over > 1 + kSteadyMargin)) continue;
    steady.over_earlier = std::max(steady.over_earlier.value_or(0), over);
  }
  return steady;
}

}  // namespace bakeoff::stats

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
constexpr double kMostDear = 0.25;         ///< Of a stretch.
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

/// The last stretch of one level: `first` segment of it, and which of the others belong to it.
struct Stretch {
  std::size_t first = 0;
  std::vector<bool> is_dear;  ///< By segment: a time in which costs were above the level, and came back to it.
  std::size_t dear_values = 0;
};

/// From the last segment back, as far as there are segments of its level, with dear times between two of them.
Stretch last_stretch(const std::vector<Segment>& segments) {
  const double margin = std::log1p(kSteadyMargin), level = segments.back().level;
  const auto is_level = [&](const Segment& segment) { return std::abs(segment.level - level) <= margin; };
  Stretch stretch{.first = segments.size() - 1, .is_dear = std::vector<bool>(segments.size())};
  while (stretch.first != 0) {
    std::size_t before = stretch.first;
    while (before != 0 && segments[before - 1].level > level + margin) --before;
    const std::size_t dear = segments[stretch.first].from - segments[before].from;
    if (before == 0 || !is_level(segments[before - 1])) break;
    const std::size_t length = segments.back().to - segments[before - 1].from;
    const auto most = static_cast<std::size_t>(kMostDear * static_cast<double>(length));
    if (dear != 0 && (dear >= kLeastSteady || stretch.dear_values + dear > most)) break;
    for (std::size_t i = before; i < stretch.first; ++i) stretch.is_dear[i] = true;
    stretch.dear_values += dear;
    stretch.first = before - 1;
  }
  return stretch;
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
  const Stretch stretch = last_stretch(segments);
  const std::size_t from = segments[stretch.first].from, length = costs.size() - from;
  if (length - stretch.dear_values < kLeastSteady || length < from) return std::nullopt;
  std::vector<double> level_values, level_logs;
  for (std::size_t i = stretch.first; i < segments.size(); ++i) {
    if (stretch.is_dear[i]) continue;
    for (std::size_t at = segments[i].from; at < segments[i].to; ++at) {
      level_values.push_back(values[at]);
      level_logs.push_back(logs[at]);
    }
  }
  if (!is_flat(level_values, noise)) return std::nullopt;
  Steady steady;
  steady.from = from;
  steady.level = std::exp(median_of(std::move(level_logs)));
  for (std::size_t i = 0; i < stretch.first; ++i) {
    const double over = std::exp(segments.back().level - segments[i].level);
    if (segments[i].length() < kLeastSteady || !(over > 1 + kSteadyMargin)) continue;
    steady.over_earlier = std::max(steady.over_earlier.value_or(0), over);
  }
  return steady;
}

}  // namespace bakeoff::stats

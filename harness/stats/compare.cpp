#include "harness/stats/compare.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <stdexcept>

namespace bakeoff::stats {
namespace {

// One minus a level is off by some 1e-16, which must not cost a rank where tail and level are exactly equal.
constexpr double kRounding = 1e-9;

/// Beyond a factor of 1e100 one of two values is not a measurement. Quotients of such ratios are finite, too.
constexpr double kMostLogRatio = 230;

void require_level(double level) {
  if (!(level > 0 && level < 1)) throw std::invalid_argument("a level must lie between 0 and 1");
}

/// nullopt where one of the two is missing, or is no measurement.
std::optional<double> log_ratio(const std::optional<double>& subject, const std::optional<double>& baseline) {
  const auto usable = [](const std::optional<double>& value) { return value && std::isfinite(*value) && *value > 0; };
  if (!usable(subject) || !usable(baseline)) return std::nullopt;
  // A difference of logarithms, because the quotient itself can overflow.
  const double ratio = std::log(*subject) - std::log(*baseline);
  return std::abs(ratio) <= kMostLogRatio ? std::optional(ratio) : std::nullopt;
}

}  // namespace

std::optional<IntervalRanks> median_interval_ranks(std::size_t n, double level) {
  require_level(level);
  if (n < 2) return std::nullopt;
  // The number of values below the median is binomial(n, 1/2). The interval from the (k+1)th smallest to the (k+1)th
  // largest misses the median when at most k values lie on one side of it, so its coverage is 1 - 2 P(X <= k).
  const boost::math::binomial distribution(static_cast<double>(n), 0.5);
  const double allowed = (1 - level) / 2 * (1 + kRounding);
  const auto tail = [&](std::size_t k) { return boost::math::cdf(distribution, static_cast<double>(k)); };
  if (tail(0) > allowed) return std::nullopt;
  // quantile() rounds to a neighbour of the answer; the tails say which.
  auto k = static_cast<std::size_t>(std::max(0.0, boost::math::quantile(distribution, std::min(allowed, 0.5))));
  k = std::min(k, (n - 1) / 2);
  while (k > 0 && tail(k) > allowed) --k;
  while (k + 1 <= (n - 1) / 2 && tail(k + 1) <= allowed) ++k;
  return IntervalRanks{.low = k, .high = n - 1 - k, .coverage = 1 - 2 * tail(k)};
}

std::size_t pairs_needed(double level) {
  require_level(level);
  std::size_t n = 2;
  // Terminates: the smallest tail halves with each value, and a level below 1 leaves at least 2^-53.
  while (!median_interval_ranks(n, level)) ++n;
  return n;
}

double corrected_level(double level, std::size_t comparisons) {
  require_level(level);
  return comparisons < 2 ? level : 1 - (1 - level) / static_cast<double>(comparisons);
}

std::vector<double> slice_log_ratios(const BlockValue& subject, const BlockValue& baseline) {
  std::vector<double> ratios;
  if (subject.attempt() != baseline.attempt()) return ratios;  // Their rounds are not the same.
  const std::size_t rounds = std::min(subject.slices().size(), baseline.slices().size());
  for (std::size_t round = 0; round < rounds; ++round) {
    if (const auto ratio = log_ratio(subject.slices()[round], baseline.slices()[round])) ratios.push_back(*ratio);
  }
  return ratios;
}

std::vector<double> paired_log_ratios(const Series& subject, const Series& baseline) {
  std::vector<double> ratios;
  const std::size_t blocks = std::min(subject.size(), baseline.size());
  ratios.reserve(blocks);
  for (std::size_t i = 0; i < blocks; ++i) {
    std::optional<double> ratio = log_ratio(subject[i].value(), baseline[i].value());
    if (!ratio) continue;
    if (const auto middle = median(slice_log_ratios(subject[i], baseline[i]))) ratio = middle;
    ratios.push_back(*ratio);
  }
  return ratios;
}

std::optional<Ratio> compare(const Series& subject, const Series& baseline, double level) {
  std::vector<double> ratios = paired_log_ratios(subject, baseline);
  if (ratios.empty()) return std::nullopt;
  std::sort(ratios.begin(), ratios.end());
  Ratio result{.median = std::exp(*median(ratios)), .interval = std::nullopt, .pairs = ratios.size()};
  if (const auto ranks = median_interval_ranks(ratios.size(), level)) {
    result.interval = Interval{std::exp(ratios[ranks->low]), std::exp(ratios[ranks->high])};
  }
  return result;
}

}  // namespace bakeoff::stats

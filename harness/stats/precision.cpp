#include "harness/stats/precision.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <stdexcept>

namespace bakeoff::stats {
namespace {

double normal_quantile(double p) {
  return boost::math::quantile(boost::math::normal(), p);
}

// How far above the median the upper end of the interval lies on average, in sigmas, for n normal values: the expected
// order statistic by Blom's approximation ("Statistical Estimates and Transformed Beta-Variables", 1958, 6.10).
// nullopt where there is no interval.
std::optional<double> expected_reach(std::size_t n, double level) {
  const auto ranks = median_interval_ranks(n, level);
  if (!ranks) return std::nullopt;
  const double place = static_cast<double>(ranks->high + 1);  // From 1.
  return normal_quantile((place - 0.375) / (static_cast<double>(n) + 0.25));
}

std::vector<double> pooled_deviations(std::span<const std::vector<double>> log_ratios) {
  std::vector<double> deviations;
  for (const std::vector<double>& one : log_ratios) {
    const auto middle = summarize(one);
    if (!middle || middle->count < 2) continue;  // Alone it lies on its own median and would count as no spread.
    for (const double value : one) {
      if (std::isfinite(value)) deviations.push_back(std::abs(value - middle->median));
    }
  }
  return deviations;
}

}  // namespace

std::optional<double> half_width(const Ratio& ratio) {
  if (!ratio.interval) return std::nullopt;
  return std::max(ratio.interval->high / ratio.median, ratio.median / ratio.interval->low) - 1;
}

std::optional<std::size_t> blocks_needed(const Ratio& now, double wanted, double level) {
  const auto width = half_width(now);
  const auto reach = expected_reach(now.pairs, level);
  if (!width || !reach) return std::nullopt;
  const double sigma = std::log1p(*width) / *reach;
  std::size_t n = *width <= wanted ? pairs_needed(level) : now.pairs + 1;
  // Not bisected: the reach grows a little from n to n + 1 wherever the ranks stay.
  while (n<kMaxBlocksNeeded&& * expected_reach(n, level) * sigma> std::log1p(wanted)) ++n;
  return std::min(n, kMaxBlocksNeeded);
}

std::optional<double> minimum_detectable_difference(std::span<const std::vector<double>> log_ratios, std::size_t blocks,
                                                    double level, double power) {
  if (!(power > 0 && power < 1)) throw std::invalid_argument("a power must lie between 0 and 1");
  const auto ranks = median_interval_ranks(blocks, level);
  std::vector<double> deviations = pooled_deviations(log_ratios);
  const auto deviation = median(deviations);
  if (!ranks || !deviation || *deviation <= 0) return std::nullopt;
  // The interval excludes 1 when at most k pairs lie on the wrong side, each with probability p: the largest p at
  // which that happens often enough solves P(binomial(n, p) <= k) = power, a quantile of the beta distribution.
  const auto n = static_cast<double>(blocks);
  const auto k = static_cast<double>(ranks->low);
  const double p = boost::math::ibeta_inv(k + 1, n - k, 1 - power);
  const double normal = kSigmaOfDeviation * *deviation * -normal_quantile(p);
  // A deviation as far to one side as to the other: two tails, each with p.
  std::sort(deviations.begin(), deviations.end());
  const auto place = static_cast<std::size_t>((1 - 2 * p) * static_cast<double>(deviations.size()));
  const double visible = std::expm1(std::max(normal, deviations[std::min(place, deviations.size() - 1)]));
  return std::isfinite(visible) ? std::optional(visible) : std::nullopt;
}

bool precision_reached(std::span<const ComparedSeries> table, std::size_t group, double wanted, std::size_t least) {
  if (table.empty() || group == 0) return false;
  const std::size_t blocks = table.front().subject.size();
  if (blocks < least || blocks < group || blocks % group != 0) return false;
  std::vector<const ComparedSeries*> present;
  for (const ComparedSeries& one : table) {
    if (!paired_log_ratios(one.subject, one.subject).empty()) present.push_back(&one);
  }
  const std::size_t confirming = present.size() == 1 ? (kConfirmingBlocks + group - 1) / group * group : group;
  if (present.empty() || blocks <= confirming) return false;
  const auto until_then = [&](const Series& series) {
    const std::size_t length = std::min(series.size(), blocks - confirming);
    return Series(series.begin(), series.begin() + static_cast<std::ptrdiff_t>(length));
  };
  return std::all_of(present.begin(), present.end(), [&](const ComparedSeries* one) {
    const auto ratio = compare(until_then(one->subject), until_then(one->reference));
    const auto width = ratio ? half_width(*ratio) : std::nullopt;
    return width && *width <= wanted;
  });
}

}  // namespace bakeoff::stats

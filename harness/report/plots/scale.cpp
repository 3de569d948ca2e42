#include "harness/report/plots/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "harness/stats/summary.h"

namespace bakeoff::report::plots {
namespace {

constexpr double kWantedTicks = 5;
constexpr double kMostTicks = 9;
constexpr double kMargin = 1.08;
constexpr double kMostShown = 1e100;  ///< Its inverse is the least.

/// 1, 2 or 5 times a power of ten, at least `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::vector<double> linear_ticks(double low, double high) {
  const double step = round_step((high - low) / kWantedTicks);
  const double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
  std::vector<double> ticks;
  // Counted from 0: far from there one more is the same number.
  for (double k = 0; k <= 2 * kWantedTicks && first + k <= last; ++k) ticks.push_back((first + k) * step);
  return ticks;
}

std::vector<double> powers(double low, double high, std::span<const double> factors) {
  std::vector<double> ticks;
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10) {
    for (const double factor : factors) {
      const double value = factor * power;
      if (low * (1 - 1e-9) <= value && value <= high * (1 + 1e-9)) ticks.push_back(value);
    }
  }
  return ticks;
}

std::vector<double> logarithmic_ticks(double low, double high) {
  constexpr double kThird[] = {1, 2, 5}, kDecade[] = {1};
  std::vector<double> ticks = powers(low, high, kThird);
  if (static_cast<double>(ticks.size()) > kMostTicks) ticks = powers(low, high, kDecade);
  // Of a range within one power of ten a decade has too little to say.
  return ticks.size() < 3 ? linear_ticks(low, high) : ticks;
}

/// "0.05", "20", "5k", "1M": round values without the zeros that a measured figure has.
std::string tick_text(double value) {
  constexpr std::array kSuffixes{"", "k", "M", "G", "T"};
  std::size_t suffix = 0;
  for (; std::abs(value) >= 1000 && suffix + 1 < kSuffixes.size(); ++suffix) value /= 1000;
  return fmt::format("{:.4g}{}", value, kSuffixes[suffix]);
}

/// From the lowest to the highest of those that are no outliers.
Range without_outliers(std::vector<double> values) {
  constexpr double kBeyond = 10;
  constexpr std::size_t kOneOf = 10;
  std::ranges::sort(values);
  std::size_t first = 0, last = values.size() - 1;
  for (std::size_t left = values.size() / kOneOf; left > 0; --left) {
    const double below = values[first + 1] / values[first], above = values[last] / values[last - 1];
    if (std::max(below, above) <= kBeyond) break;
    if (below > above) {
      ++first;
    } else {
      --last;
    }
  }
  return {values[first], values[last]};
}

}  // namespace

Scale::Scale(Kind kind, double low, double high, double from, double to)
    : kind_(kind), low_(low), high_(high), from_(from), to_(to) {}

double Scale::at(double value) const {
  return at_or_beyond(std::clamp(value, low_, high_));
}

double Scale::at_or_beyond(double value) const {
  const double share =
      kind_ == Kind::linear ? (value - low_) / (high_ - low_) : std::log(value / low_) / std::log(high_ / low_);
  return from_ + share * (to_ - from_);
}

std::vector<Tick> Scale::ticks() const {
  std::vector<Tick> ticks;
  for (const double value : kind_ == Kind::linear ? linear_ticks(low_, high_) : logarithmic_ticks(low_, high_)) {
    ticks.push_back({value, tick_text(value)});
  }
  return ticks;
}

std::optional<Range> logarithmic_range(std::span<const ValueWithin> values) {
  std::vector<double> shown;
  for (const ValueWithin& one : values) {
    if (one.value > 1 / kMostShown && one.value < kMostShown) shown.push_back(one.value);
  }
  if (shown.empty()) return std::nullopt;
  const Range of_values = without_outliers(std::move(shown));
  Range range = of_values;
  for (const ValueWithin& one : values) {
    if (one.low && *one.low > 0) range.low = std::min(range.low, std::max(*one.low, of_values.low / 2));
    if (one.high && std::isfinite(*one.high)) {
      range.high = std::max(range.high, std::min(*one.high, of_values.high * 2));
    }
  }
  return Range{range.low / kMargin, range.high * kMargin};
}

std::optional<Range> range_from_zero(std::span<const double> values) {
  constexpr double kMostOfMedian = 10;
  const auto summary = stats::summarize(values);
  if (!summary || !(summary->max > 0)) return std::nullopt;
  const double highest = summary->median > 0 ? std::min(summary->max, kMostOfMedian * summary->median) : summary->max;
  return Range{0, highest * kMargin};
}

}  // namespace bakeoff::report::plots

#include "harness/stats/summary.h"

#include <algorithm>
#include <cmath>

namespace bakeoff::stats {
namespace {

std::optional<Summary> summarize_finite(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  // Halved before they are added, so that two values near the largest double do not become infinite.
  const double middle = n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] / 2 + values[n / 2] / 2;
  return Summary{.count = n, .median = middle, .min = values.front(), .max = values.back()};
}

}  // namespace

std::optional<Summary> summarize(std::span<const double> values) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const double value : values) {
    if (std::isfinite(value)) finite.push_back(value);
  }
  return summarize_finite(std::move(finite));
}

std::optional<Summary> summarize(const Series& values) {
  std::vector<double> finite;
  finite.reserve(values.size());
  for (const BlockValue& value : values) {
    if (value && std::isfinite(*value)) finite.push_back(*value);
  }
  return summarize_finite(std::move(finite));
}

std::optional<double> robust_sigma(std::span<const double> values) {
  const auto middle = median(values);
  if (!middle) return std::nullopt;
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (const double value : values) deviations.push_back(std::abs(value - *middle));
  return kSigmaOfDeviation * *median(deviations);
}

std::optional<double> median(std::span<const double> values) {
  const auto summary = summarize(values);
  return summary ? std::optional(summary->median) : std::nullopt;
}

}  // namespace bakeoff::stats

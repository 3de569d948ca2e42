// Middle values. What is not a finite number is missing: it is left out, never counted as 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace bakeoff::stats {

/// What one block gave: a value, and where it ran in slices what each of them gave.
class BlockValue {
 public:
  BlockValue() = default;
  BlockValue(std::optional<double> value) : value_(value) {}
  BlockValue(std::nullopt_t) {}
  BlockValue(double value) : value_(value) {}
  /// `slices` by their round; absent where a slice is left out. Values of one block that were measured at the same time
  /// have the same `attempt`.
  BlockValue(std::optional<double> value, std::vector<std::optional<double>> slices, int attempt = 1)
      : value_(value), slices_(std::move(slices)), attempt_(attempt) {}

  explicit operator bool() const { return value_.has_value(); }
  double operator*() const { return *value_; }
  const std::optional<double>& value() const { return value_; }
  const std::vector<std::optional<double>>& slices() const { return slices_; }
  int attempt() const { return attempt_; }

 private:
  std::optional<double> value_;
  std::vector<std::optional<double>> slices_;
  int attempt_ = 1;
};

/// A measured value of each block, in the order of the blocks; absent where that block has none.
using Series = std::vector<BlockValue>;

struct Summary {
  std::size_t count = 0;  ///< Finite values.
  double median = 0, min = 0, max = 0;
};

/// nullopt when no value is finite.
std::optional<Summary> summarize(std::span<const double> values);
std::optional<Summary> summarize(const Series& values);

/// For normal values: the standard deviation over the median absolute deviation.
inline constexpr double kSigmaOfDeviation = 1.4826;

/// The standard deviation as the median absolute deviation gives it. nullopt when no value is finite.
std::optional<double> robust_sigma(std::span<const double> values);

/// The middle value, or the mean of the two middle ones. nullopt when no value is finite.
std::optional<double> median(std::span<const double> values);

}  // namespace bakeoff::stats

// Middle values. What is not a finite number is missing: it is left out, never counted as 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace bakeoff::stats {

/// A measured value of each block, in the order of the blocks; absent where that block has none.
using Series = std::vector<std::optional<double>>;

struct Summary {
  std::size_t count = 0;  ///< Finite values.
  double median = 0, min = 0, max = 0;
};

/// nullopt when no value is finite.
std::optional<Summary> summarize(std::span<const double> values);
std::optional<Summary> summarize(const Series& values);

/// The middle value, or the mean of the two middle ones. nullopt when no value is finite.
std::optional<double> median(std::span<const double> values);

}  // namespace bakeoff::stats

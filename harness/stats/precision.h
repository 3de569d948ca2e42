// How sure a comparison is, how sure it can become, and when a table may stop.
//
// Precision is a relative figure, the half width of a ratio's interval: 0.02 says that the ratio is known to 2 %.
// Pure: values in, values out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/compare.h"

namespace bakeoff {

/// How far the interval reaches from the median, on the side on which it reaches further:
/// max(high / median, median / low) - 1. nullopt without an interval.
std::optional<double> half_width(const Ratio& ratio);

/// What blocks_for() answers when it would take more: nobody waits for so many.
inline constexpr std::size_t kMostBlocks = 1000;

/// How many blocks in all it takes, as far as the present spread tells, until the half width is at most `wanted`
/// (above 0): the width that normal data would have in the middle, scaled to the one that was seen. A guess, since the
/// next blocks may be wilder. At least pairs_needed(level), more than now.pairs while the wanted width is not reached,
/// at most kMostBlocks. `now` is a ratio at this level. nullopt while it has no interval: its spread is not known.
std::optional<std::size_t> blocks_for(const Ratio& now, double wanted, double level = kLevel);

/// The smallest true difference (0.05: one costs 5 % more) that `blocks` blocks tell apart with probability `power`,
/// by an interval of this level that excludes 1. From the spread of what was measured: log ratios of one subject each
/// (paired_log_ratios), pooled after each set is centred on its own median, their sigma from the median absolute
/// deviation, normal from there on. nullopt where so few blocks have no interval, or where no spread was seen: fewer
/// than two values a set, or more than half of all equal to the median (a clock that is too coarse).
/// Throws std::invalid_argument unless 0 < power < 1.
std::optional<double> smallest_visible(std::span<const std::vector<double>> log_ratios, std::size_t blocks,
                                       double level = kLevel, double power = 0.9);

}  // namespace bakeoff

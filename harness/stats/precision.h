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

namespace bakeoff::stats {

/// How far the interval reaches from the median, on the side on which it reaches further:
/// max(high / median, median / low) - 1. nullopt without an interval.
std::optional<double> half_width(const Ratio& ratio);

/// What blocks_needed() answers when it would take more: an experiment with this number of blocks is not practical.
inline constexpr std::size_t kMaxBlocksNeeded = 1000;

/// How many blocks in all it takes, as far as the present spread tells, until the half width is at most `wanted`
/// (above 0): the width that normal data would have in the middle, scaled to the one that was seen. A guess, since the
/// next blocks may be wilder. At least pairs_needed(level), more than now.pairs while the wanted width is not reached,
/// at most kMaxBlocksNeeded. `now` is a ratio at this level. nullopt while it has no interval: its spread is not known.
std::optional<std::size_t> blocks_needed(const Ratio& now, double wanted, double level = kConfidenceLevel);

/// The smallest true difference (0.05: one costs 5 % more) that `blocks` blocks tell apart with probability `power`,
/// by an interval of this level that excludes 1. From the spread of what was measured: log ratios of one subject each
/// (paired_log_ratios), pooled after each set is centred on its own median. Two answers, of which the larger counts: by
/// a normal distribution whose sigma is that of the median absolute deviation, and by the deviations as they are, whose
/// few far ones are what an interval of few blocks trips over. nullopt where so few blocks have no interval, or where
/// no spread was seen: fewer than two values per set, or more than half of all equal to the median (a clock that is too
/// coarse), or where it is beyond all bounds. Throws std::invalid_argument unless 0 < power < 1.
std::optional<double> minimum_detectable_difference(std::span<const std::vector<double>> log_ratios, std::size_t blocks,
                                                    double level = kConfidenceLevel, double power = 0.9);

/// A subject and what it is compared with, block by block; both series have the length of the blocks so far.
struct ComparedSeries {
  Series subject, reference;
};

/// The newest blocks that precision_reached() does not ask where there is only one ratio.
inline constexpr std::size_t kConfirmingBlocks = 6;

/// Whether a table may stop: every ratio had a half width of at most `wanted` some groups of blocks ago: one group, or,
/// where there is only one ratio, as many as make up kConfirmingBlocks. A group is as many blocks as the plan balances
/// the order over (one for each subject); only after whole groups, and not before `least` blocks, is the answer true. A
/// subject without any value delays nothing; one whose ratio has no interval does. false where there is no ratio at
/// all.
///
/// Some groups ago, because a look at the width picks the moment at which it happens to be small, and with it the
/// moments at which the interval misses. Simulated with normal noise, a look after each group, 25,000 tables at each of
/// 11 widths, the worst of them, up to 60 and up to 99 blocks: two subjects that stop at the first look that is narrow
/// enough keep 94.0 and 93.3 % of the promised 95, and to begin the looks at 12 blocks instead of 8 changes nothing.
/// One group more, at which the width is not asked again, leaves 95.3 and 94.6 %, two 95.7 and 95.0 %, three 95.9 and
/// 95.3 %; to ask it of the 99 % interval 95.4 and 95.1 %, for many more blocks. With three subjects one group more
/// leaves 96.1 and 95.6 %, because there the widest ratio decides and not each its own. The limit: with two subjects
/// and up to 199 blocks three groups leave 94.7 %. What is reported in the end can be a little wider than what was
/// wanted. tests/harness/stats/coverage_test.cpp repeats a part of it.
bool precision_reached(std::span<const ComparedSeries> table, std::size_t group, double wanted, std::size_t least);

}  // namespace bakeoff::stats

// Is one subject cheaper than another? Answered from pairs: both subjects in the same block, in slices a tenth of a
// second apart, or one after the other (harness/stats/README.md).
//
// The pair's log ratio is what counts, because whatever slowed the machine in that block slowed both, and because a
// ratio and its inverse must come out alike. The middle ratio is reported with an order-statistic interval: the
// interval that inverts the sign test (Conover, Practical Nonparametric Statistics, 3.2; David & Nagaraja, Order
// Statistics, 7.1). It assumes nothing of the distribution but independent pairs, so that skewed and heavy-tailed
// timings keep their coverage, where intervals from a normal or a symmetric distribution lose it.
//
// Its limit is the word independent. Whatever the machine carries over from trial to trial cancels within the pair, and
// so do a drift and a step: simulated with the order of real plans, the interval keeps its 95 % from 6 blocks up. What
// a subject alone carries over from block to block (a state outside its fresh process) does not: a correlation of 0.3
// between neighbouring ratios leaves 89 to 97 %, one of 0.6 leaves 76 to 89 % (tests/harness/stats/coverage_test.cpp).
// Pure: values in, values out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/stats/summary.h"

namespace bakeoff::stats {

inline constexpr double kConfidenceLevel = 0.95;  ///< The level of an interval, pointwise.

struct Interval {
  double low = 0, high = 0;  ///< Both ends belong to it.
  bool contains(double value) const { return low <= value && value <= high; }
};

/// Places in n sorted values, from 0, between which the median lies with at least the asked probability.
struct IntervalRanks {
  std::size_t low = 0, high = 0;
  double coverage = 0;  ///< What the interval really has, at least the level.
};

/// The narrowest symmetric pair of ranks; nullopt when even the smallest and largest of n values do not reach `level`.
/// Throws std::invalid_argument unless 0 < level < 1.
std::optional<IntervalRanks> median_interval_ranks(std::size_t n, double level);

/// The fewest pairs from which an interval of this level exists: 6 for 95 %.
std::size_t pairs_needed(double level);

/// Bonferroni: the level of each of `comparisons` intervals that hold all together with `level`.
double corrected_level(double level, std::size_t comparisons);

/// ln(subject / baseline) of each round of a block in which both have a slice.
std::vector<double> slice_log_ratios(const BlockValue& subject, const BlockValue& baseline);

/// ln(subject / baseline) of each block where both have a value: where both ran in slices the median over the rounds,
/// otherwise that of the two values. A value that is absent, not finite, zero or negative is missing, and drops its own
/// pair only; so does a pair whose ratio is beyond 1e100, as no measurements are.
std::vector<double> paired_log_ratios(const Series& subject, const Series& baseline);

struct Ratio {
  double median = 1;                 ///< exp of the median log ratio: below 1, the subject has less of it.
  std::optional<Interval> interval;  ///< Absent when the pairs are too few for the level.
  std::size_t pairs = 0;
  bool tied() const { return interval && interval->contains(1.0); }
};

/// nullopt when no block has both.
std::optional<Ratio> compare(const Series& subject, const Series& baseline, double level = kConfidenceLevel);

/// Subjects that share a letter are not told apart.
struct TieLetters {
  std::vector<std::string> letters;  ///< One per subject, in the order given; "" for one that takes no part.
  std::size_t comparisons = 0;       ///< Pairs of subjects that were compared.
  std::size_t pairs_needed = 0;      ///< Blocks that this many comparisons need.
  std::size_t pairs_for_all = 0;     ///< Blocks that all subjects with a value would need.
  bool supported = false;            ///< false: too few blocks, every letter is "".
};

/// Compares all pairs of subjects at the level corrected for their number; the smallest median gets "a".
/// A subject without a value takes no part; nor do those with the fewest values, where only they have too few for
/// the corrected level. When all have too few, there are no letters.
TieLetters tie_letters(std::span<const Series> subjects, double level = kConfidenceLevel);

/// The compact letter display of `count` things: two of them share a letter exactly when they are not in `different`
/// (pairs of places; order and repetition do not matter). Letters run in the order of the things.
/// Insert and absorb: H.-P. Piepho, "An algorithm for a letter-based representation of all-pairwise comparisons",
/// J. Comput. Graph. Stat. 13 (2004) 456-466.
std::vector<std::string> compact_letters(std::size_t count,
                                         std::span<const std::pair<std::size_t, std::size_t>> different);

}  // namespace bakeoff::stats

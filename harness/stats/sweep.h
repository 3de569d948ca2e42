// What the points of a sweep say together: where one subject begins to have less than another, how a figure grows with
// what is swept, and where its growth changes. Only measured points are named; nothing is said of what lies between.
// Pure: values in, values out.
//
// Points of a sweep are compared several times over, so every statement is made at the level that is corrected for the
// number of points (Bonferroni): on equal subjects the chance of any false crossover, or of any false knee, is at most
// one minus the level. tests/harness/stats/sweep_test.cpp shows it by simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/stats/compare.h"
#include "harness/stats/summary.h"

namespace bakeoff::stats {

/// Two subjects at one value of what is swept, block by block.
struct SweepPoint {
  double at = 0;
  Series subject, baseline;
};

enum class Side : std::uint8_t {
  unknown,  ///< Too few blocks with values of both for an interval of this level.
  below,    ///< The subject has less than the baseline.
  tied,     ///< They are not told apart.
  above,
};

/// Where the subject leaves one side of the baseline and stays on the other, by points in the order given.
struct Crossing {
  std::vector<Side> sides;  ///< Of each point, at the corrected level.
  /// The first point from which on all points have the side of the last one. nullopt where the last one is tied or
  /// unknown: nothing is said then.
  std::optional<std::size_t> begins;
  /// The last point on the other side. nullopt where there is none: before `begins` they were not told apart, or
  /// `begins` is the first point.
  std::optional<std::size_t> leaves;
};

/// The points in the order of `at`.
Crossing find_crossing(std::span<const SweepPoint> points, double level = kConfidenceLevel);

/// The blocks that find_crossing() needs for this many points.
std::size_t blocks_for_crossing(std::size_t points, double level = kConfidenceLevel);

/// value ~ at^exponent over some points.
struct Growth {
  double exponent = 0;  ///< The median over the blocks of each block's own least-squares slope in logarithms.
  std::optional<Interval> interval;  ///< Of the median; absent with too few blocks.
  std::size_t blocks = 0;            ///< With a value at every one of the points.
};

/// One figure of one subject at each value of what is swept.
struct SweepValues {
  double at = 0;  ///< Above 0.
  Series values;
};

/// Over the points from `first` to `last`, both included. nullopt with fewer than two of them, or without a block that
/// has a value above 0 at all of them.
std::optional<Growth> growth_between(std::span<const SweepValues> points, std::size_t first, std::size_t last,
                                     double level = kConfidenceLevel);

/// What one more of what is swept adds to a value: the median over the blocks of the difference between two points.
struct PriceOfOne {
  double price = 0;
  std::optional<Interval> interval;  ///< Of the median; absent with too few blocks.
  std::size_t blocks = 0;            ///< With a value at both points.
};

/// nullopt where no block has both values, or the points are not apart.
std::optional<PriceOfOne> price_of_one(const SweepValues& low, const SweepValues& high,
                                       double level = kConfidenceLevel);

/// The measured point at which the growth changes most.
struct Knee {
  std::size_t point = 0;
  Growth before, after;  ///< Up to it, and from it on.
};

/// nullopt where no point's change is told apart from none at the level corrected for the number of inner points.
std::optional<Knee> find_knee(std::span<const SweepValues> points, double level = kConfidenceLevel);

}  // namespace bakeoff::stats

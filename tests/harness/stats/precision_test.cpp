#include "harness/stats/precision.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace bakeoff::stats {
namespace {

Ratio ratio(double low, double median, double high, std::size_t pairs) {
  return {.median = median, .interval = Interval{low, high}, .pairs = pairs};
}

// `blocks` normal log ratios around `middle`.
std::vector<double> normal_ratios(std::mt19937_64& random, std::size_t blocks, double sigma, double middle = 0) {
  std::normal_distribution<double> noise(middle, sigma);
  std::vector<double> values(blocks);
  for (double& value : values) value = noise(random);
  return values;
}

Ratio compared(const std::vector<double>& log_ratios) {
  Series subject;
  Series baseline;
  for (const double value : log_ratios) {
    subject.emplace_back(std::exp(value));
    baseline.emplace_back(1);
  }
  return *compare(subject, baseline);
}

TEST(HalfWidth, IsTheFurtherSideOfTheInterval) {
  EXPECT_NEAR(*half_width(ratio(0.9, 1.0, 1.05, 8)), 1 / 0.9 - 1, 1e-12);
  EXPECT_NEAR(*half_width(ratio(0.5, 0.51, 0.54, 8)), 0.54 / 0.51 - 1, 1e-12);
  EXPECT_EQ(*half_width(ratio(2, 2, 2, 8)), 0);
  EXPECT_FALSE(half_width({.median = 1.2, .interval = std::nullopt, .pairs = 5}));
}

TEST(HalfWidth, IsTheSameForARatioAndItsInverse) {
  EXPECT_NEAR(*half_width(ratio(0.8, 0.9, 1.2, 8)), *half_width(ratio(1 / 1.2, 1 / 0.9, 1 / 0.8, 8)), 1e-12);
}

TEST(BlocksFor, AQuarterOfTheWidthTakesSomeSixteenTimesTheBlocks) {
  const double wide = 0.08;
  const auto blocks = blocks_needed(ratio(1 / (1 + wide), 1, 1 + wide, 20), 0.02);
  ASSERT_TRUE(blocks);
  EXPECT_GT(*blocks, 12 * 20U);
  EXPECT_LT(*blocks, 20 * 20U);
}

TEST(BlocksFor, IsMoreThanThereAreWhileTheWidthIsNotReached) {
  for (std::size_t n = 6; n < 60; ++n) {
    for (const double wanted : {0.01, 0.049, 0.0499999}) {
      EXPECT_GT(*blocks_needed(ratio(1 / 1.05, 1, 1.05, n), wanted), n) << wanted;
    }
  }
}

TEST(BlocksFor, IsNeverFewerThanAnIntervalNeeds) {
  EXPECT_EQ(blocks_needed(ratio(1 / 1.001, 1, 1.001, 30), 0.5), pairs_needed(kConfidenceLevel));
  EXPECT_EQ(blocks_needed(ratio(1, 1, 1, 30), 0.02), pairs_needed(kConfidenceLevel)) << "no spread at all";
  EXPECT_GE(*blocks_needed(ratio(1 / 1.001, 1, 1.001, 30), 0.5, 0.99), pairs_needed(0.99));
}

TEST(BlocksFor, EndsAtTheMostThatAnybodyWaitsFor) {
  EXPECT_EQ(blocks_needed(ratio(0.01, 1, 100, 8), 1e-6), kMaxBlocksNeeded);
}

TEST(BlocksFor, SaysNothingWithoutAnInterval) {
  EXPECT_FALSE(blocks_needed({.median = 1, .interval = std::nullopt, .pairs = 3}, 0.02));
}

TEST(BlocksFor, ForetellsTheWidthOfNormalData) {
  std::mt19937_64 random(11);
  constexpr double kSigma = 0.05;
  constexpr double kWanted = 0.02;
  std::vector<double> foretold;
  for (int run = 0; run < 400; ++run) {
    foretold.push_back(static_cast<double>(*blocks_needed(compared(normal_ratios(random, 16, kSigma)), kWanted)));
  }
  const auto blocks = static_cast<std::size_t>(*median(foretold));
  std::vector<double> widths;
  for (int run = 0; run < 400; ++run) widths.push_back(*half_width(compared(normal_ratios(random, blocks, kSigma))));
  EXPECT_NEAR(*median(widths), kWanted, 0.2 * kWanted) << blocks << " blocks";
}

TEST(SmallestVisible, IsSeenWithThePowerThatWasAskedFor) {
  constexpr int kRuns = 4000;
  constexpr double kSigma = 0.04;
  std::mt19937_64 random(5);
  // So many values that their spread is known: what is tested is the rest.
  const std::vector<std::vector<double>> many{normal_ratios(random, 100'000, kSigma, 0.7),
                                              normal_ratios(random, 100'000, kSigma, -2)};
  for (const double power : {0.8, 0.9}) {
    for (const std::size_t blocks : {6u, 8u, 12u, 20u, 30u}) {
      const auto difference = minimum_detectable_difference(many, blocks, kConfidenceLevel, power);
      ASSERT_TRUE(difference);
      int seen = 0;
      for (int run = 0; run < kRuns; ++run) {
        const Ratio one = compared(normal_ratios(random, blocks, kSigma, std::log1p(*difference)));
        seen += one.interval->low > 1;
      }
      // Four standard deviations of the simulation, and one per cent for the sigma that was estimated.
      const double error = 4 * std::sqrt(power * (1 - power) / kRuns) + 0.01;
      EXPECT_NEAR(static_cast<double>(seen) / kRuns, power, error) << blocks << " blocks, " << *difference;
    }
  }
}

TEST(SmallestVisible, ShrinksWithTheBlocksAndGrowsWithTheSpread) {
  std::mt19937_64 random(6);
  const std::vector<std::vector<double>> calm{normal_ratios(random, 50, 0.01)};
  const std::vector<std::vector<double>> wild{normal_ratios(random, 50, 0.1)};
  EXPECT_LT(*minimum_detectable_difference(calm, 30), *minimum_detectable_difference(calm, 8));
  EXPECT_LT(*minimum_detectable_difference(calm, 8), *minimum_detectable_difference(wild, 8));
}

TEST(SmallestVisible, IsNoSmallerThanTheFarDeviationsThatAnIntervalOfAllPairsReachesTo) {
  // Seven blocks alike and one that somebody disturbed: the interval of 8 pairs goes from the least to the greatest.
  const std::vector<std::vector<double>> disturbed{{0, 0.001, -0.001, 0.001, -0.001, 0.001, -0.001, 0.05}};
  EXPECT_NEAR(*minimum_detectable_difference(disturbed, 8), std::expm1(0.05), 1e-3);
}

TEST(SmallestVisible, IsUnknownWithoutAnIntervalOrASpread) {
  const std::vector<std::vector<double>> spread{{0.1, 0.2, 0.3, 0.4, 0.5, 0.6}};
  EXPECT_TRUE(minimum_detectable_difference(spread, 6));
  EXPECT_FALSE(minimum_detectable_difference(spread, 5));
  EXPECT_FALSE(minimum_detectable_difference({}, 8));
  EXPECT_FALSE(minimum_detectable_difference(std::vector<std::vector<double>>{{0.1}, {0.7}}, 8))
      << "one value has no spread";
  EXPECT_FALSE(minimum_detectable_difference(std::vector<std::vector<double>>{{0, 0, 0, 0, 0.1}}, 8))
      << "a coarse clock";
  EXPECT_THROW(minimum_detectable_difference(spread, 8, kConfidenceLevel, 1), std::invalid_argument);
}

Series steady(std::size_t blocks, double value) {
  return Series(blocks, value);
}

// The first of them is what the others are compared with.
bool reached(const std::vector<Series>& subjects, double wanted, std::size_t least) {
  std::vector<ComparedSeries> table;
  for (std::size_t i = 1; i < subjects.size(); ++i) table.push_back({subjects[i], subjects[0]});
  return precision_reached(table, subjects.size(), wanted, least);
}

TEST(PrecisionReached, OnlyAfterWholeGroupsAndNotBeforeTheLeastBlocks) {
  for (std::size_t blocks = 1; blocks < 30; ++blocks) {
    const std::vector<Series> table{steady(blocks, 1), steady(blocks, 2), steady(blocks, 3)};
    EXPECT_EQ(reached(table, 0.02, 12), blocks >= 12 && blocks % 3 == 0) << blocks;
    // The group before the last needs an interval: 6 blocks.
    EXPECT_EQ(reached(table, 0.02, 1), blocks >= 9 && blocks % 3 == 0) << blocks;
  }
}

TEST(PrecisionReached, AsksTheWidthWithoutTheLastGroup) {
  std::vector<Series> table{steady(12, 1), steady(12, 2), steady(12, 3)};
  table[1][9] = table[1][10] = 200;
  table[1][11] = 0.01;
  EXPECT_TRUE(reached(table, 0.02, 8)) << "the last group is not asked";
  table[1][8] = 200;
  table[1][7] = 200;
  EXPECT_FALSE(reached(table, 0.02, 8));
}

TEST(PrecisionReached, OfASingleRatioWithoutItsLastSixBlocks) {
  for (std::size_t blocks = 2; blocks < 30; ++blocks) {
    EXPECT_EQ(reached({steady(blocks, 1), steady(blocks, 2)}, 0.02, 8), blocks >= 12 && blocks % 2 == 0) << blocks;
    // Three subjects of which one never ran: still one ratio.
    EXPECT_EQ(reached({steady(blocks, 1), steady(blocks, 2), Series(blocks)}, 0.02, 8), blocks >= 12 && blocks % 3 == 0)
        << blocks;
  }
}

TEST(PrecisionReached, EveryRatioCountsButThatOfASubjectThatNeverRan) {
  std::vector<Series> table{steady(12, 1), steady(12, 2), Series(12)};
  EXPECT_TRUE(reached(table, 0.02, 8));
  table[2] = steady(12, 5);
  for (std::size_t block = 0; block < 12; block += 2) table[2][block] = 6;
  EXPECT_FALSE(reached(table, 0.02, 8));
  table[2] = Series(12);
  table[2][3] = 5;
  EXPECT_FALSE(reached(table, 0.02, 8)) << "one value has no interval";
  EXPECT_FALSE(reached({steady(12, 1), Series(12)}, 0.02, 8)) << "no ratio at all";
  EXPECT_FALSE(reached({steady(12, 1)}, 0.02, 8));
}

}  // namespace
}  // namespace bakeoff::stats

#include "harness/stats/change.h"

#include <gmock/gmock.h>

#include <cmath>
#include <random>

namespace bakeoff::stats {
namespace {

Ratio ratio(double low, double median, double high) {
  return {.median = median, .interval = Interval{low, high}, .pairs = 8};
}

TEST(Change, IsTheLaterRatioOverTheEarlierWithBothIntervalsInIt) {
  const Change change = change_between(ratio(0.4, 0.5, 0.6), ratio(0.9, 1.0, 1.2));
  EXPECT_NEAR(change.median, 2, 1e-12);
  ASSERT_TRUE(change.interval);
  EXPECT_NEAR(change.interval->low, 0.9 / 0.6, 1e-12);
  EXPECT_NEAR(change.interval->high, 1.2 / 0.4, 1e-12);
  EXPECT_NEAR(change.worse_by, 1, 1e-12);
}

TEST(Change, IsWorseOnlyWhenAllOfItIsBeyondTheMargin) {
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(1.051, 1.08, 1.2)).verdict, ChangeVerdict::worse);
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(1.049, 1.08, 1.2)).verdict, ChangeVerdict::cannot_tell);
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(1.049, 1.08, 1.2), 0.02).verdict, ChangeVerdict::worse);
}

TEST(Change, IsTheSameOnlyWhenAllOfItIsWithinTwoMargins) {
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(0.95, 1, 1.05)).verdict, ChangeVerdict::same);
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(0.95, 1, 1.11)).verdict, ChangeVerdict::cannot_tell);
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(0.95, 1, 1.05), 0.02).verdict, ChangeVerdict::cannot_tell);
  EXPECT_EQ(change_between(ratio(1, 1, 1), ratio(1.06, 1.07, 1.08)).verdict, ChangeVerdict::worse)
      << "beyond the margin comes first";
}

TEST(Change, SwappedRunsSwapTheWords) {
  const Ratio before = ratio(0.95, 1, 1.04);
  for (const double factor : {0.5, 0.9, 0.97, 1.0, 1.03, 1.12, 1.3}) {
    const Ratio after = ratio(0.97 * factor, factor, 1.02 * factor);
    const ChangeVerdict one = change_between(before, after).verdict;
    const ChangeVerdict other = change_between(after, before).verdict;
    const ChangeVerdict wanted = one == ChangeVerdict::better  ? ChangeVerdict::worse
                                 : one == ChangeVerdict::worse ? ChangeVerdict::better
                                                               : one;
    EXPECT_EQ(other, wanted) << factor;
  }
}

TEST(Change, OfAFigureOfWhichMoreIsBetterHasTheOtherWord) {
  const Change change = change_between(ratio(1, 1, 1), ratio(1.4, 1.6, 1.7), kRunToRunMargin, true);
  EXPECT_EQ(change.verdict, ChangeVerdict::better);
  EXPECT_NEAR(change.worse_by, 1 / 1.6 - 1, 1e-12);
  EXPECT_EQ(change_between(ratio(1.4, 1.6, 1.7), ratio(1, 1, 1), kRunToRunMargin, true).verdict, ChangeVerdict::worse);
}

TEST(Change, WithoutAnIntervalCannotBeTold) {
  const Ratio bare{.median = 3, .interval = std::nullopt, .pairs = 3};
  const Change change = change_between(ratio(1, 1, 1), bare);
  EXPECT_EQ(change.verdict, ChangeVerdict::cannot_tell);
  EXPECT_FALSE(change.interval);
  EXPECT_NEAR(change.median, 3, 1e-12);
}

// What the interval promises: two runs of an unchanged subject, ratios with noise of their own.
TEST(Change, HoldsTheTruthAtLeastAsOftenAsItsPartsTogether) {
  constexpr int kRuns = 3000;
  std::mt19937_64 random(9);
  for (const double second_sigma : {0.05, 0.001}) {
    int held = 0;
    for (int run = 0; run < kRuns; ++run) {
      const auto measured = [&](double sigma) {
        std::normal_distribution<double> noise(0, sigma);
        Series subject;
        for (int block = 0; block < 9; ++block) subject.emplace_back(std::exp(noise(random)));
        return *compare(subject, Series(9, 1.0));
      };
      const Ratio before = measured(0.05);
      held += change_between(before, measured(second_sigma)).interval->contains(1);
    }
    EXPECT_GE(static_cast<double>(held) / kRuns, kConfidenceLevel) << second_sigma;
  }
}

}  // namespace
}  // namespace bakeoff::stats

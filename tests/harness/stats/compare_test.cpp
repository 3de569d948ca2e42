// The oracles here share nothing with the code: all 2^n sign patterns are counted, printed tables are quoted, ratios
// are found by sorting quotients.
#include "harness/stats/compare.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "harness/stats/summary.h"
#include "harness/stats/variation.h"

namespace bakeoff::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Series series(std::initializer_list<double> values) {
  return {values.begin(), values.end()};
}

// The share of all 2^n ways to lie above or below the median in which at least k + 1 values lie on each side.
double coverage_by_enumeration(std::size_t n, std::size_t k) {
  std::size_t covered = 0;
  for (std::uint32_t signs = 0; signs < (1u << n); ++signs) {
    const auto below = static_cast<std::size_t>(std::popcount(signs));
    covered += below > k && n - below > k;
  }
  return static_cast<double>(covered) / static_cast<double>(1u << n);
}

TEST(MedianInterval, HasTheRanksThatEnumerationOfAllSignsGives) {
  for (const double level : {0.5, 0.9, 0.95, 0.99, 0.999, 1 - 0.05 / 6}) {
    for (std::size_t n = 1; n <= 18; ++n) {
      std::optional<std::size_t> wanted;
      for (std::size_t k = 0; k <= (n - 1) / 2; ++k) {
        if (n >= 2 && coverage_by_enumeration(n, k) >= level - 1e-12) wanted = k;
      }
      const auto ranks = median_interval_ranks(n, level);
      ASSERT_EQ(ranks.has_value(), wanted.has_value()) << n << " at " << level;
      if (!ranks) continue;
      EXPECT_EQ(ranks->low, *wanted) << n << " at " << level;
      EXPECT_EQ(ranks->high, n - 1 - *wanted);
      EXPECT_NEAR(ranks->coverage, coverage_by_enumeration(n, *wanted), 1e-12);
    }
  }
}

TEST(MedianInterval, AgreesWithThePrintedTableOfTheSignTest) {
  // Critical values of the two-sided sign test at 5 %: reject when at most c of n signs are the rarer one. From tables
  // such as Conover's; c + 1, counted from 1, is the lower end of the interval.
  const std::vector<std::pair<std::size_t, std::size_t>> table{{6, 0},  {8, 0},  {9, 1},  {11, 1}, {12, 2},
                                                               {15, 3}, {20, 5}, {25, 7}, {30, 9}, {50, 17}};
  for (const auto& [n, c] : table) {
    const auto ranks = median_interval_ranks(n, 0.95);
    ASSERT_TRUE(ranks) << n;
    EXPECT_EQ(ranks->low, c) << n;
  }
}

TEST(MedianInterval, HoldsForThousandsOfValues) {
  const auto ranks = median_interval_ranks(10'000, 0.95);
  ASSERT_TRUE(ranks);
  // The normal approximation: n/2 -+ 1.96 sqrt(n)/2 = 4902.
  EXPECT_NEAR(static_cast<double>(ranks->low), 4902 - 1, 2);
  EXPECT_GE(ranks->coverage, 0.95);
}

TEST(MedianInterval, RefusesALevelThatIsNone) {
  for (const double level : {0.0, 1.0, -1.0, 2.0, kNan}) {
    EXPECT_THROW(median_interval_ranks(10, level), std::invalid_argument);
  }
}

TEST(PairsNeeded, AreSixForOneComparisonSevenForThreeEightForSix) {
  EXPECT_EQ(pairs_needed(0.95), 6u);
  EXPECT_EQ(pairs_needed(corrected_level(0.95, 3)), 7u);
  EXPECT_EQ(pairs_needed(corrected_level(0.95, 6)), 8u);
  // By the formula 2^(1-n) <= alpha / m.
  for (std::size_t comparisons = 1; comparisons <= 45; ++comparisons) {
    std::size_t n = 1;
    while (std::ldexp(1.0, 1 - static_cast<int>(n)) > 0.05 / static_cast<double>(comparisons)) ++n;
    EXPECT_EQ(pairs_needed(corrected_level(0.95, comparisons)), n) << comparisons;
  }
}

TEST(Compare, GivesTheMedianRatioAndItsInterval) {
  const Series baseline = series({10, 20, 40, 10, 20, 40, 10});
  const Series subject = series({5, 11, 24, 7, 16, 36, 10});  // Ratios .5 .55 .6 .7 .8 .9 1
  const auto ratio = compare(subject, baseline);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->pairs, 7u);
  EXPECT_NEAR(ratio->median, 0.7, 1e-12);
  ASSERT_TRUE(ratio->interval);  // Seven pairs: the smallest and the largest, 98.4 %.
  EXPECT_NEAR(ratio->interval->low, 0.5, 1e-12);
  EXPECT_NEAR(ratio->interval->high, 1.0, 1e-12);
  EXPECT_TRUE(ratio->tied());
}

TEST(Compare, WithFewerThanSixPairsThereIsARatioButNoInterval) {
  const Series five = series({1, 2, 3, 4, 5});
  const auto ratio = compare(five, five);
  ASSERT_TRUE(ratio);
  EXPECT_FALSE(ratio->interval);
  EXPECT_FALSE(ratio->tied());
  EXPECT_EQ(compare(series({1, 2, 3, 4, 5, 6}), series({2, 2, 2, 2, 2, 2}))->interval.has_value(), true);
}

TEST(Compare, ARatioAndItsInverseAreMirrorImages) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> value(0, 2);
  for (std::size_t n = 6; n <= 18; ++n) {
    Series a;
    Series b;
    for (std::size_t i = 0; i < n; ++i) {
      a.emplace_back(value(random));
      b.emplace_back(value(random));
    }
    const auto there = compare(a, b);
    const auto back = compare(b, a);
    EXPECT_NEAR(there->median * back->median, 1, 1e-9);
    EXPECT_NEAR(there->interval->low * back->interval->high, 1, 1e-9);
    // A second way: sort the quotients and count in from both ends.
    std::vector<double> quotients;
    for (std::size_t i = 0; i < n; ++i) quotients.push_back(*a[i] / *b[i]);
    std::sort(quotients.begin(), quotients.end());
    std::size_t k = 0;
    while (coverage_by_enumeration(n, k + 1) >= 0.95) ++k;
    EXPECT_NEAR(there->interval->low, quotients[k], 1e-9 * quotients[k]) << n;
    EXPECT_NEAR(there->interval->high, quotients[n - 1 - k], 1e-9 * quotients[n - 1 - k]) << n;
  }
}

TEST(Compare, AMissingValueDropsItsOwnPairOnly) {
  const Series baseline = series({1, 1, 1, 1, 1, 1, 1, 1});
  Series subject = series({2, 2, 2, 2, 2, 2, 2, 2});
  subject[3] = std::nullopt;
  EXPECT_EQ(compare(subject, baseline)->pairs, 7u);
  EXPECT_EQ(compare(baseline, subject)->pairs, 7u);
  EXPECT_EQ(compare(baseline, baseline)->pairs, 8u);
}

TEST(Compare, WhatIsNoPositiveNumberIsMissing) {
  const Series baseline = series({1, 1, 1, 1, 1, 1, 1});
  const Series subject = series({2, kNan, kInfinity, -kInfinity, 0, -3, 2});
  const auto ratio = compare(subject, baseline);
  ASSERT_TRUE(ratio);
  EXPECT_EQ(ratio->pairs, 2u);
  EXPECT_NEAR(ratio->median, 2, 1e-12);
  EXPECT_FALSE(compare(series({0, -1, kNan}), series({1, 1, 1})));
  EXPECT_FALSE(compare({}, {}));
}

TEST(Compare, SeriesOfDifferentLengthPairAsFarAsTheyGo) {
  EXPECT_EQ(compare(series({1, 2, 3}), series({1, 2}))->pairs, 2u);
}

TEST(Compare, ExtremeValuesDoNotOverflow) {
  const double big = std::numeric_limits<double>::max();
  const double small = std::numeric_limits<double>::min();
  EXPECT_NEAR(compare(series({big, big}), series({big, big}))->median, 1, 1e-9);
  EXPECT_TRUE(std::isfinite(paired_log_ratios(series({big}), series({small})).front()));
}

// Seeded, so that it is one fixed computation; the bound leaves room for the simulation's own error (4 sigma).
TEST(Compare, CoversTheTrueRatioAtItsLevelOnSkewedDriftingAndTiedData) {
  constexpr int kRuns = 3000;
  constexpr double kTrue = 1.3;
  const double bound = 0.95 - 4 * std::sqrt(0.95 * 0.05 / kRuns);
  std::mt19937_64 random(2024);
  std::lognormal_distribution<double> skewed(0, 0.7);
  std::cauchy_distribution<double> heavy(0, 0.2);
  for (const std::size_t blocks : {6u, 8u, 12u, 20u}) {
    int covered[3] = {0, 0, 0};
    for (int run = 0; run < kRuns; ++run) {
      Series subject[3];
      Series baseline[3];
      for (std::size_t block = 0; block < blocks; ++block) {
        const double drift = 1 + 0.2 * static_cast<double>(block);
        baseline[0].emplace_back(drift * skewed(random));
        subject[0].emplace_back(kTrue * drift * skewed(random));
        baseline[1].emplace_back(std::exp(heavy(random)));
        subject[1].emplace_back(kTrue * std::exp(heavy(random)));
        // A coarse clock: most ratios are exactly the true one.
        baseline[2].emplace_back(10.0);
        subject[2].emplace_back(
            kTrue * (10.0 + static_cast<double>(random() % 8 == 0) - static_cast<double>(random() % 8 == 0)));
      }
      for (int kind = 0; kind < 3; ++kind) {
        const Interval interval = *compare(subject[kind], baseline[kind])->interval;
        covered[kind] += interval.low <= kTrue * (1 + 1e-12) && kTrue * (1 - 1e-12) <= interval.high;
      }
    }
    for (const int count : covered) EXPECT_GE(static_cast<double>(count) / kRuns, bound) << blocks;
  }
}

using Pairs = std::vector<std::pair<std::size_t, std::size_t>>;

bool share_a_letter(const std::string& a, const std::string& b) {
  return a.find_first_of(b) != std::string::npos;
}

TEST(CompactLetters, TextbookCases) {
  using testing::ElementsAre;
  EXPECT_THAT(compact_letters(0, {}), ElementsAre());
  EXPECT_THAT(compact_letters(1, {}), ElementsAre("a"));
  EXPECT_THAT(compact_letters(3, {}), ElementsAre("a", "a", "a"));
  EXPECT_THAT(compact_letters(3, Pairs{{0, 1}, {0, 2}, {1, 2}}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(compact_letters(3, Pairs{{0, 2}}), ElementsAre("a", "ab", "b"));
  EXPECT_THAT(compact_letters(3, Pairs{{2, 0}, {0, 2}, {1, 1}}), ElementsAre("a", "ab", "b"));
  EXPECT_THAT(compact_letters(4, Pairs{{0, 2}, {0, 3}, {1, 3}}), ElementsAre("a", "ab", "bc", "c"));
}

TEST(CompactLetters, ShareALetterExactlyWhenNotDifferentForEveryPatternOfFiveThings) {
  Pairs all;
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = i + 1; j < 5; ++j) all.emplace_back(i, j);
  }
  for (std::uint32_t pattern = 0; pattern < (1u << all.size()); ++pattern) {
    Pairs different;
    for (std::size_t p = 0; p < all.size(); ++p) {
      if ((pattern >> p) & 1u) different.push_back(all[p]);
    }
    const auto letters = compact_letters(5, different);
    for (std::size_t p = 0; p < all.size(); ++p) {
      ASSERT_EQ(share_a_letter(letters[all[p].first], letters[all[p].second]), ((pattern >> p) & 1u) == 0)
          << "pattern " << pattern;
    }
    for (const std::string& one : letters) ASSERT_FALSE(one.empty());
  }
}

TEST(CompactLetters, HasNoLetterWhoseBearersAllShareAnother) {
  std::mt19937 random(5);
  for (int run = 0; run < 300; ++run) {
    Pairs different;
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::size_t j = i + 1; j < 8; ++j) {
        if (random() % 3 == 0) different.emplace_back(i, j);
      }
    }
    const auto names = compact_letters(8, different);
    std::map<char, std::set<std::size_t>> bearers;
    for (std::size_t i = 0; i < names.size(); ++i) {
      for (const char c : names[i]) bearers[c].insert(i);
    }
    for (const auto& [a, of_a] : bearers) {
      for (const auto& [b, of_b] : bearers) {
        if (a == b) continue;
        EXPECT_FALSE(std::includes(of_a.begin(), of_a.end(), of_b.begin(), of_b.end()));
      }
    }
  }
}

// Four subjects: two alike, one a little apart, one far apart.
std::vector<Series> four_subjects(std::size_t blocks) {
  std::vector<Series> subjects(4);
  for (std::size_t block = 0; block < blocks; ++block) {
    const double weather = 1 + 0.3 * static_cast<double>(block % 3);
    const double wobble = block % 2 == 0 ? 1.01 : 0.99;
    subjects[0].emplace_back(30 * weather);
    subjects[1].emplace_back(10 * weather);
    subjects[2].emplace_back(10 * weather * wobble);
    subjects[3].emplace_back(15 * weather * wobble);
  }
  return subjects;
}

TEST(TieLetters, TheCheapestIsAAndTiesShareIt) {
  const TieLetters ties = tie_letters(four_subjects(8));
  EXPECT_TRUE(ties.supported);
  EXPECT_EQ(ties.comparisons, 6u);
  EXPECT_EQ(ties.pairs_needed, 8u);
  EXPECT_THAT(ties.letters, testing::ElementsAre("c", "a", "a", "b"));
}

TEST(TieLetters, AreOmittedWhereTheBlocksCannotSupportTheCorrectedLevel) {
  const TieLetters ties = tie_letters(four_subjects(7));
  EXPECT_FALSE(ties.supported);
  EXPECT_EQ(ties.pairs_needed, 8u);
  EXPECT_THAT(ties.letters, testing::ElementsAre("", "", "", ""));
  std::vector<Series> three = four_subjects(7);
  three.pop_back();
  EXPECT_TRUE(tie_letters(three).supported);
}

TEST(TieLetters, ASubjectWithoutValuesTakesNoPartAndCostsNoCorrection) {
  std::vector<Series> subjects = four_subjects(7);
  subjects[0].assign(7, std::nullopt);
  const TieLetters ties = tie_letters(subjects);
  EXPECT_EQ(ties.comparisons, 3u);
  EXPECT_THAT(ties.letters, testing::ElementsAre("", "a", "a", "b"));
}

TEST(TieLetters, OneSubjectWithTooFewBlocksDoesNotTakeTheOthersLetters) {
  std::vector<Series> subjects = four_subjects(8);
  subjects[3][2] = kNan;
  const TieLetters ties = tie_letters(subjects);
  EXPECT_TRUE(ties.supported);
  EXPECT_EQ(ties.pairs_needed, 7u);
  EXPECT_EQ(ties.pairs_for_all, 8u);
  EXPECT_THAT(ties.letters, testing::ElementsAre("b", "a", "a", ""));
}

TEST(TieLetters, OneSubjectAloneHasNone) {
  const std::vector<Series> one{series({1, 2, 3, 4, 5, 6, 7, 8})};
  EXPECT_EQ(tie_letters(one).comparisons, 0u);
  EXPECT_THAT(tie_letters(one).letters, testing::ElementsAre(""));
  EXPECT_TRUE(tie_letters({}).letters.empty());
}

TEST(Summary, TheMedianIsTheMiddleOfTheFiniteValues) {
  EXPECT_FALSE(median({}));
  EXPECT_EQ(median(std::vector<double>{5}), 5);
  EXPECT_EQ(median(std::vector<double>{5, 1}), 3);
  EXPECT_EQ(median(std::vector<double>{9, 1, 5}), 5);
  EXPECT_EQ(median(std::vector<double>{kNan, 9, kInfinity, 1, 5}), 5);
  EXPECT_FALSE(median(std::vector<double>{kNan}));
  EXPECT_EQ(median(std::vector<double>{-2, 0, 0}), 0);
}

TEST(Summary, LeavesOutWhatIsMissing) {
  const auto summary = summarize(Series{3.0, std::nullopt, 1.0, kNan});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->count, 2u);
  EXPECT_EQ(summary->median, 2);
  EXPECT_EQ(summary->min, 1);
  EXPECT_EQ(summary->max, 3);
}

TEST(Compare, OfBlocksInSlicesTheRatioIsTheMedianOverTheRounds) {
  // The machine halves its speed in the last round, for one of the two only.
  const Series subject{BlockValue(1.5, {1.0, 2.0, 4.0}), 3.0};
  const Series baseline{BlockValue(1.0, {1.0, 2.0, 2.0}), 1.5};
  const std::vector<double> ratios = paired_log_ratios(subject, baseline);
  ASSERT_EQ(ratios.size(), 2U);
  EXPECT_DOUBLE_EQ(ratios[0], 0);
  EXPECT_DOUBLE_EQ(ratios[1], std::log(2.0)) << "a block without slices has its value";
}

TEST(Compare, ASliceThatIsLeftOutOfOneSubjectCountsForNeither) {
  const Series subject{BlockValue(1.0, {5.0, std::nullopt, 1.0, 1.0})};
  const Series baseline{BlockValue(1.0, {std::nullopt, 7.0, 1.0, 2.0})};
  EXPECT_EQ(slice_log_ratios(subject[0], baseline[0]), (std::vector<double>{0, -std::log(2.0)}));
  EXPECT_TRUE(slice_log_ratios(BlockValue(1.0, {1.0, 2.0}, 2), BlockValue(1.0, {1.0, 2.0}, 1)).empty())
      << "slices of different attempts never met";
  const Series without{BlockValue(4.0, {std::nullopt, 1.0})};
  EXPECT_DOUBLE_EQ(paired_log_ratios(without, Series{BlockValue(2.0, {3.0})}).at(0), std::log(2.0))
      << "no round in common";
}

TEST(RatioVariation, TellsWhatSlicesDoFromWhatFreshProcessesDo) {
  Series subject, baseline;
  for (const double process : {0.9, 1.0, 1.1, 1.2, 1.3}) {
    subject.emplace_back(process, std::vector<std::optional<double>>{0.99 * process, process, 1.01 * process});
    baseline.emplace_back(1.0, std::vector<std::optional<double>>{1.0, 1.0, 1.0});
  }
  const auto varies = ratio_variation(subject, baseline);
  ASSERT_TRUE(varies);
  EXPECT_NEAR(varies->within, 1.4826 * 0.01 / std::sqrt(2.0), 1e-4);
  EXPECT_NEAR(varies->between, 1.4826 * std::log(1.1), 0.02);
  EXPECT_FALSE(ratio_variation(Series{1.0, 2.0}, Series{1.0, 2.0})) << "blocks without slices";
}

}  // namespace
}  // namespace bakeoff::stats

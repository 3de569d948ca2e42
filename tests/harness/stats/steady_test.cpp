// When a series is steady: examples, and how often the rule is too early or too late on simulated warm-ups.
#include "harness/stats/steady.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <random>
#include <vector>

namespace bakeoff::stats {
namespace {

using SeriesRandom = std::mt19937_64;

std::vector<double> flat(std::size_t count, double level) {
  std::vector<double> values;
  // Neither equal nor random: 0.4 % up and down.
  for (std::size_t i = 0; i < count; ++i) values.push_back(level * (i % 2 == 0 ? 1.002 : 0.998));
  return values;
}

std::vector<double> operator+(std::vector<double> first, const std::vector<double>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

TEST(Steady, IsAFlatSeriesOfTheLeastLength) {
  EXPECT_FALSE(find_steady({}));
  EXPECT_FALSE(find_steady(flat(kLeastSteady - 1, 20)));
  const auto steady = find_steady(flat(kLeastSteady, 20));
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->from, 0U);
  EXPECT_NEAR(steady->level, 20, 0.1);
  EXPECT_FALSE(steady->over_earlier);
}

TEST(Steady, IsWhatHasLastedAsLongAsAllBeforeIt) {
  const auto before = flat(20, 40);
  EXPECT_FALSE(find_steady(before + flat(19, 20)));
  const auto steady = find_steady(before + flat(20, 20));
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->from, 20U);
  EXPECT_NEAR(steady->level, 20, 0.1);
  EXPECT_FALSE(steady->over_earlier) << "it has become cheaper";
}

TEST(Steady, MayBeMoreExpensiveThanAnEarlierStretch) {
  const auto steady = find_steady(flat(16, 20) + flat(16, 30));
  ASSERT_TRUE(steady && steady->over_earlier);
  EXPECT_NEAR(*steady->over_earlier, 1.5, 0.01);
  EXPECT_FALSE(find_steady(flat(6, 20) + flat(16, 30))->over_earlier) << "too short to be a state";
}

TEST(Steady, IsNotASeriesThatStillFallsOrRises) {
  for (const double change : {-0.01, 0.01}) {
    std::vector<double> values;
    for (int i = 0; i < 40; ++i) values.push_back(50 * std::exp(change * i));
    EXPECT_FALSE(find_steady(values)) << change;
  }
}

TEST(Steady, IsNotDisturbedByPauses) {
  auto values = flat(30, 20);
  for (const std::size_t at : {4, 13, 21, 29}) values[at] *= 3;
  const auto steady = find_steady(values);
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->from, 0U);
  EXPECT_NEAR(steady->level, 20, 0.1);
}

TEST(Steady, MayHaveDearTimesThatComeAndGo) {
  const auto steady = find_steady(flat(12, 20) + flat(5, 27) + flat(12, 20));
  ASSERT_TRUE(steady);
  EXPECT_EQ(steady->from, 0U);
  EXPECT_NEAR(steady->level, 20, 0.1);
  EXPECT_FALSE(find_steady(flat(12, 20) + flat(12, 27) + flat(12, 20))) << "more than a quarter of the time";
  EXPECT_FALSE(find_steady(flat(5, 27) + flat(12, 20))) << "what is dear at the beginning is the warm-up";
  EXPECT_EQ(find_steady(flat(5, 27) + flat(20, 20))->from, 5U);
  EXPECT_FALSE(find_steady(flat(12, 20) + flat(5, 14) + flat(12, 20))) << "it can be cheaper";
}

TEST(Steady, IsNothingThatIsNoCost) {
  for (const double wrong :
       {0., -1., std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    auto values = flat(20, 5);
    values[11] = wrong;
    EXPECT_FALSE(find_steady(values)) << wrong;
  }
}

/// A simulated warm-up: the costs without noise, and when the last change was.
struct WarmUp {
  std::vector<double> costs;
  std::size_t steady_from = 0;
};
constexpr std::size_t kLimit = 200;  ///< Slices: 20 s.

double uniform(SeriesRandom& random, double from, double to) {
  return std::uniform_real_distribution<>(from, to)(random);
}

/// Compilers: one to four steps down, each of them later than the last by a factor.
WarmUp steps(SeriesRandom& random) {
  WarmUp warm{.costs = std::vector<double>(kLimit, 10)};
  const int count = std::uniform_int_distribution<>(1, 4)(random);
  double at = uniform(random, 1, 5), factor = 1;
  std::vector<std::size_t> when;
  for (int i = 0; i < count && at < kLimit / 4.; ++i, at *= uniform(random, 1.3, 2.5)) {
    when.push_back(static_cast<std::size_t>(at));
  }
  for (const std::size_t step : when) {
    factor *= uniform(random, 0.5, 0.9);
    for (std::size_t i = step; i < kLimit; ++i) warm.costs[i] = 10 * factor;
  }
  warm.steady_from = when.back();
  return warm;
}

/// Caches and inlining: it comes down by an exponential. Steady from where 2 % are left.
WarmUp decay(SeriesRandom& random) {
  WarmUp warm;
  const double height = uniform(random, 0.3, 3), length = uniform(random, 2, 12);
  for (std::size_t i = 0; i < kLimit; ++i)
    warm.costs.push_back(10 * (1 + height * std::exp(-static_cast<double>(i) / length)));
  warm.steady_from = static_cast<std::size_t>(length * std::log(height / 0.02));
  return warm;
}

WarmUp from_the_first(SeriesRandom&) {
  return {.costs = std::vector<double>(kLimit, 10)};
}

/// Of 0.6 to 1.6 s; one that is longer than the least steady stretch cannot be told from a steady state in time.
WarmUp waves(SeriesRandom& random) {
  WarmUp warm{.costs = {}, .steady_from = kLimit};
  const auto period = static_cast<std::size_t>(uniform(random, 3, 8));
  const double height = uniform(random, 1.3, 2);
  for (std::size_t i = 0; i < kLimit; ++i) warm.costs.push_back((i / period) % 2 == 0 ? 10 : 10 * height);
  return warm;
}

WarmUp never_ending_fall(SeriesRandom& random) {
  WarmUp warm{.costs = {}, .steady_from = kLimit};
  const double each = uniform(random, 0.005, 0.02);
  for (std::size_t i = 0; i < kLimit; ++i) warm.costs.push_back(10 * std::exp(-each * static_cast<double>(i)));
  return warm;
}

struct SeriesDisturbance {
  double noise = 0;        ///< Standard deviation of the logarithm.
  double pause_share = 0;  ///< Slices in which a collector runs, for up to twice the work.
};

void disturb(std::vector<double>& costs, const SeriesDisturbance& by, SeriesRandom& random) {
  std::normal_distribution<> noise(0, by.noise);
  for (double& cost : costs) {
    cost *= std::exp(noise(random));
    if (uniform(random, 0, 1) < by.pause_share) cost *= uniform(random, 1.2, 3);
  }
}

/// When a warm-up of that series would end; kLimit where it would not.
std::size_t end_of(const std::vector<double>& costs) {
  for (std::size_t seen = kLeastSteady; seen < kLimit; ++seen) {
    if (find_steady(std::span(costs).first(seen))) return seen;
  }
  return kLimit;
}

struct SteadyShares {
  double early = 0;  ///< Ended at a level that is not the last one's by more than the margin.
  double late = 0;   ///< Not early, and after more than twice the time that it takes to see that it is steady.
  double never = 0;  ///< Had no end within the limit.
};

/// From the last change on: the least, and what noise makes necessary.
std::size_t slices_to_see(double noise) {
  const double margin = std::log1p(kSteadyMargin);
  return std::max(kLeastSteady, static_cast<std::size_t>(16 * noise * noise / margin / margin));
}

SteadyShares simulated(const std::function<WarmUp(SeriesRandom&)>& kind, const SeriesDisturbance& by, int series) {
  SeriesRandom random(20261201);
  SteadyShares shares;
  for (int i = 0; i < series; ++i) {
    WarmUp warm = kind(random);
    const std::vector<double> undisturbed = warm.costs;
    disturb(warm.costs, by, random);
    const std::size_t end = end_of(warm.costs);
    const double off = std::abs(std::log(undisturbed[std::min(end, kLimit - 1)] / undisturbed.back()));
    if (end == kLimit) {
      shares.never += 1. / series;
    } else if (off > std::log1p(kSteadyMargin) || warm.steady_from == kLimit) {
      shares.early += 1. / series;
    } else if (end > 2 * (warm.steady_from + slices_to_see(by.noise))) {
      shares.late += 1. / series;
    }
  }
  return shares;
}

/// Costs 1 to 1.4 times as much for 0.3 to 2 s, and then another factor.
std::vector<double> machine(SeriesRandom& random) {
  std::vector<double> factors;
  while (factors.size() < kLimit) {
    const auto length = static_cast<std::size_t>(uniform(random, 3, 20));
    factors.insert(factors.end(), length, uniform(random, 1, 1.4));
  }
  factors.resize(kLimit);
  return factors;
}

// Without the reference the rule takes the machine's changes for the program's, and finds no end.
TEST(SteadySimulation, OfAMachineThatChangesEndsBesideReferenceWork) {
  constexpr int kSeries = 100;
  SeriesRandom random(20261201);
  double never = 0, never_beside = 0, early_beside = 0;
  for (int i = 0; i < kSeries; ++i) {
    WarmUp warm = i % 2 == 0 ? steps(random) : decay(random);
    const std::vector<double> undisturbed = warm.costs;
    std::vector<double> reference(kLimit, 40);
    const std::vector<double> factors = machine(random);
    for (std::size_t slice = 0; slice < kLimit; ++slice) {
      warm.costs[slice] *= factors[slice];
      reference[slice] *= factors[slice];
    }
    disturb(warm.costs, {0.03, 0}, random);
    disturb(reference, {0.03, 0}, random);
    // Now and then a neighbour slows the load down, which the reference does not feel.
    for (std::size_t slice = 0; slice < kLimit; slice += static_cast<std::size_t>(uniform(random, 20, 60))) {
      const std::size_t end = std::min(kLimit, slice + static_cast<std::size_t>(uniform(random, 2, 6)));
      for (std::size_t dear = slice; dear < end; ++dear) warm.costs[dear] *= 1.3;
    }
    std::vector<double> beside;
    for (std::size_t slice = 0; slice < kLimit; ++slice) beside.push_back(warm.costs[slice] / reference[slice]);
    const std::size_t end = end_of(beside);
    never += end_of(warm.costs) == kLimit ? 1. / kSeries : 0;
    never_beside += end == kLimit ? 1. / kSeries : 0;
    const double off = std::abs(std::log(undisturbed[std::min(end, kLimit - 1)] / undisturbed.back()));
    early_beside += off > std::log1p(kSteadyMargin) ? 1. / kSeries : 0;
  }
  std::cout << fmt::format("never: {:.0f} %, beside the reference {:.0f} %, of which early {:.0f} %\n", 100 * never,
                           100 * never_beside, 100 * early_beside);
  EXPECT_GT(never, 0.2);
  EXPECT_LE(never_beside, 0.03);
  EXPECT_LE(early_beside, 0.07);
}

TEST(SteadySimulation, TellsHowOftenAWarmUpEndsTooEarlyOrTooLate) {
  struct SeriesKind {
    const char* name;
    WarmUp (*series)(SeriesRandom&);
    bool ends;
    double early, early_in_noise;  ///< The most that may end too early, and of the noisiest.
  };
  constexpr SeriesKind kKinds[] = {{"steady from the first", from_the_first, true, 0, 0},
                                   {"steps of a compiler", steps, true, 0.07, 0.02},
                                   {"exponential", decay, true, 0.01, 0.01},
                                   {"waves without end", waves, false, 0.03, 0.5},
                                   {"falls without end", never_ending_fall, false, 0.15, 0.05}};
  constexpr SeriesDisturbance kDisturbances[] = {{0.01, 0}, {0.03, 0}, {0.03, 0.05}, {0.08, 0.05}};
  std::cout << fmt::format("{:<24} {:>6} {:>7}   {:>6} {:>6} {:>6}\n", "series", "noise", "pauses", "early", "late",
                           "never");
  for (const SeriesKind& kind : kKinds) {
    for (const SeriesDisturbance& by : kDisturbances) {
      const SteadyShares shares = simulated(kind.series, by, kind.ends ? 200 : 50);
      std::cout << fmt::format("{:<24} {:>4.0f} % {:>5.0f} %   {:>4.1f} % {:>4.1f} % {:>4.1f} %\n", kind.name,
                               100 * by.noise, 100 * by.pause_share, 100 * shares.early, 100 * shares.late,
                               100 * shares.never);
      SCOPED_TRACE(kind.name);
      const bool noisy = by.noise > kSteadyMargin;
      EXPECT_LE(shares.early, (noisy ? kind.early_in_noise : kind.early) + 1e-9);
      if (!kind.ends) continue;
      EXPECT_LE(shares.never, 0.02);
      EXPECT_LE(shares.late, noisy ? 0.15 : 0.02);
    }
  }
}

}  // namespace
}  // namespace bakeoff::stats

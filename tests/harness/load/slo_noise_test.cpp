// The search against servers whose limit is known and loads that are void, or told wrongly, at random: its answer must
// be near the truth, or it must say that it has none.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "harness/load/slo_search.h"

namespace bakeoff::load {
namespace {

/// What comes of a step; `n` counts them.
using NoisyOracle = std::function<SloVerdict(const SloStep& step, std::size_t n)>;

SloResult search_in_noise(const NoisyOracle& oracle, const SloSearchSettings& settings = {}) {
  SloSearch search(settings);
  std::size_t n = 0;
  while (const auto step = search.next()) {
    search.record(oracle(*step, n++));
    if (n > 1000) throw std::runtime_error("the search does not end");
  }
  return search.result();
}

SloVerdict truth(double rate_rps, double limit_rps) {
  return {.broke = rate_rps <= limit_rps ? "" : "p99"};
}

const SloVerdict kVoid{.void_reason = "noisy"};

struct Noise {
  double voided = 0;  ///< The chance that a step is void,
  double wrong = 0;   ///< and that one which is not says the opposite of the truth.
};

struct Tally {
  std::size_t near = 0, wrong = 0, none = 0;
};

/// What came of a number of searches, whose servers have limits from 20 to 2 million requests per second.
Tally simulate(const Noise& noise, std::size_t searches) {
  Tally tally;
  for (std::size_t seed = 0; seed < searches; ++seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    const auto chance = [&] { return static_cast<double>(random()) / 4294967296.0; };
    const double limit = 20 * std::pow(1e5, chance());
    const SloResult result = search_in_noise([&](const SloStep& step, std::size_t) {
      if (chance() < noise.voided) return kVoid;
      const bool passes = truth(step.rate_rps, limit).met() != (chance() < noise.wrong);
      return SloVerdict{.broke = passes ? "" : "p99"};
    });
    if (!result.conclusive()) {
      ++tally.none;
    } else if (result.last_pass_rps && *result.last_pass_rps > 0.85 * limit && *result.last_pass_rps < 1.1 * limit) {
      ++tally.near;
    } else {
      ++tally.wrong;
    }
  }
  return tally;
}

constexpr std::size_t kSearches = 400;

TEST(SloSearchUnderNoise, VoidStepsCostTimeAndNothingElse) {
  for (const double voided : {0.1, 0.3, 0.5}) {
    const Tally tally = simulate({.voided = voided}, kSearches);
    EXPECT_EQ(tally.wrong, 0U) << voided;
    EXPECT_GE(tally.near, kSearches * 9 / 10) << voided;
  }
}

TEST(SloSearchUnderNoise, WithNearlyAllStepsVoidThereIsNoAnswer) {
  const Tally tally = simulate({.voided = 0.9}, kSearches);
  EXPECT_EQ(tally.wrong, 0U);
  EXPECT_GE(tally.none, kSearches * 9 / 10);
}

TEST(SloSearchUnderNoise, StepsThatAreToldWronglyDoNotMakeTheAnswerWrong) {
  for (const double wrong : {0.02, 0.05, 0.1}) {
    for (const double voided : {0.0, 0.3}) {
      const Tally tally = simulate({.voided = voided, .wrong = wrong}, kSearches);
      EXPECT_LE(tally.wrong, wrong < 0.1 ? 0U : 1U) << wrong << " wrong, " << voided << " void";
      EXPECT_GE(tally.near, kSearches * 8 / 10) << wrong << " wrong, " << voided << " void";
    }
  }
}

TEST(SloSearchUnderNoise, WithStepsThatAreWrongOftenItMayHaveNoAnswerAndHardlyEverAWrongOne) {
  EXPECT_LE(simulate({.wrong = 0.2}, kSearches).wrong, kSearches / 100);
}

/// A quiet machine except for `length` steps from `first` on, in which nothing passes although it would.
SloResult with_a_disturbed_stretch(double limit, std::size_t first, std::size_t length) {
  return search_in_noise([=](const SloStep& step, std::size_t n) {
    return n >= first && n < first + length ? SloVerdict{.broke = "p99"} : truth(step.rate_rps, limit);
  });
}

TEST(SloSearchUnderNoise, GoesUpAgainAfterAStretchOfFailuresThatNoiseExplains) {
  for (std::size_t first = 0; first < 20; ++first) {
    for (const std::size_t length : {1, 2, 4, 8}) {
      const SloResult result = with_a_disturbed_stretch(3513, first, length);
      EXPECT_EQ(result.end, SloEnd::found) << first << " " << length;
      EXPECT_GT(result.last_pass_rps.value_or(0), 3513 * 0.9) << first << " " << length;
      EXPECT_LE(result.last_pass_rps.value_or(0), 3513) << first << " " << length;
    }
  }
}

TEST(SloSearchUnderNoise, ThirtyOneVoidStepsOfThirtyFiveAreNoAnswer) {
  // As it was seen: some steps are valid, and pass, between many that are void.
  const SloResult result = search_in_noise(
      [](const SloStep& step, std::size_t n) { return n % 9 == 0 ? truth(step.rate_rps, 3513) : kVoid; });
  EXPECT_EQ(result.end, SloEnd::void_steps);
  EXPECT_FALSE(result.conclusive());
  EXPECT_GT(result.void_steps(), 10U);
  EXPECT_LE(result.steps, 35U) << "it does not go on for ever either";
  EXPECT_EQ(result.voids.at("noisy"), result.void_steps());
}

TEST(SloSearchUnderNoise, AVoidStepIsAskedForAgainAndChangesNothing) {
  SloSearch search(SloSearchSettings{});
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(search.next()->rate_rps, 1000);
    search.record(kVoid);
  }
  search.record({});
  EXPECT_EQ(search.next()->rate_rps, 2000);
  EXPECT_EQ(search.result().steps, 6U);
  EXPECT_EQ(search.result().void_steps(), 5U);
}

TEST(SloSearchUnderNoise, TheGeneratorsOwnLimitEndsTheClimbAndIsNotTheServers) {
  const SloVerdict full{.void_reason = "generator-bound", .own_limit = true};
  const SloResult result =
      search_in_noise([&](const SloStep& step, std::size_t) { return step.rate_rps > 80'000 ? full : SloVerdict{}; });
  EXPECT_EQ(result.end, SloEnd::found);
  EXPECT_NEAR(*result.last_pass_rps, 80'000, 2'500);
  EXPECT_TRUE(result.own_limit);
  EXPECT_EQ(result.broke, "generator-bound");
  EXPECT_EQ(result.confirmations, 3U);
}

TEST(SloSearchUnderNoise, AServerThatMeetsItAtNoRateIsNotSaidToByAFewWrongPasses) {
  for (unsigned seed = 0; seed < kSearches; ++seed) {
    std::mt19937 random(seed);
    const SloResult result = search_in_noise(
        [&](const SloStep&, std::size_t) { return SloVerdict{.broke = random() % 20 == 0 ? "" : "p99"}; });
    EXPECT_TRUE(result.end == SloEnd::nowhere || !result.conclusive()) << seed;
  }
}

}  // namespace
}  // namespace bakeoff::load

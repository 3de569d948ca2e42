// The search against oracles that know the answer, or do not know it themselves.
#include "harness/load/slo_search.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>
#include <vector>

namespace bakeoff::load {
namespace {

/// "" or what breaks at that rate.
using RateOracle = std::function<std::string(const SloStep&)>;

struct JudgedStep {
  SloStep step;
  bool passed = false;
};

struct Search {
  SloResult result;
  std::vector<JudgedStep> told;
};

Search search_by(const RateOracle& oracle, const SloSearchSettings& settings = {}) {
  SloSearch search(settings);
  Search done;
  while (const auto step = search.next()) {
    const std::string broke = oracle(*step);
    done.told.push_back({*step, broke.empty()});
    search.record({.broke = broke});
    if (done.told.size() > 1000) throw std::runtime_error("the search does not end");
  }
  done.result = search.result();
  return done;
}

RateOracle knee(double rate) {
  return [rate](const SloStep& step) { return step.rate_rps <= rate ? "" : "p99"; };
}

TEST(SloSearch, FindsAKneeToThreePercentWhereverItIs) {
  for (double rate = 1.5; rate < 9e6; rate *= 1.37) {
    const auto [result, told] = search_by(knee(rate));
    ASSERT_TRUE(result.last_pass_rps && result.first_fail_rps) << rate;
    EXPECT_LE(*result.last_pass_rps, rate);
    EXPECT_GT(*result.first_fail_rps, rate);
    EXPECT_LE(*result.first_fail_rps, *result.last_pass_rps * 1.03);
    EXPECT_EQ(result.confirmations, 3U);
    EXPECT_EQ(result.broke, "p99");
    EXPECT_TRUE(result.conclusive());
    EXPECT_LE(told.size(), 14U + 14U + 6U + 3U + 3U) << rate << ": a fail is asked twice, and three times above it";
  }
}

TEST(SloSearch, ConfirmsTheLastPassAtFullLengthAndThenThatATenthAboveTheFailFailsAsClearly) {
  const auto [result, told] = search_by(knee(5000));
  for (std::size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].step.confirms, i + 6 >= told.size() && i + 3 < told.size()) << i;
    if (told[i].step.confirms) {
      EXPECT_EQ(told[i].step.rate_rps, *result.last_pass_rps);
    }
    if (i + 3 >= told.size()) {
      EXPECT_DOUBLE_EQ(told[i].step.rate_rps, *result.first_fail_rps * 1.1);
    }
  }
}

TEST(SloSearch, AsksAFailTwiceAndAPassOnceBeforeItConfirms) {
  const auto [result, told] = search_by(knee(37'000));
  std::map<double, std::size_t> asked;
  for (std::size_t i = 0; i + 6 < told.size(); ++i) ++asked[told[i].step.rate_rps];
  for (const auto& [rate, times] : asked) EXPECT_EQ(times, rate <= 37'000 ? 1U : 2U) << rate;
}

TEST(SloSearch, SaysWhatBrokeAtTheFirstFail) {
  const auto [result, told] = search_by([](const SloStep& step) -> std::string {
    if (step.rate_rps > 50'000) return "errors";
    return step.rate_rps > 3000 ? "rate" : "";
  });
  EXPECT_EQ(result.broke, "rate");
  EXPECT_FALSE(result.own_limit);
}

TEST(SloSearch, GoesBelowARateThatIsNotConfirmed) {
  // Short steps pass up to 8000; at full length the server holds 5000.
  const auto [result, told] =
      search_by([](const SloStep& step) { return step.rate_rps <= (step.confirms ? 5000 : 8000) ? "" : "p99"; });
  ASSERT_TRUE(result.last_pass_rps);
  EXPECT_LE(*result.last_pass_rps, 5000);
  EXPECT_GE(*result.last_pass_rps, 4000) << "a rate between what passed before and what failed";
  EXPECT_EQ(result.confirmations, 3U);
  EXPECT_TRUE(result.conclusive());
}

TEST(SloSearch, ComesToAnEndAndToACarefulAnswerWhenTheKneeIsSoft) {
  std::size_t settled = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0, 0.1);
    const auto [result, told] =
        search_by([&](const SloStep& step) { return step.rate_rps * (1 + noise(random)) <= 20'000 ? "" : "p99"; });
    EXPECT_LE(told.size(), 100U);
    if (!result.conclusive()) continue;
    ++settled;
    EXPECT_LT(result.last_pass_rps.value_or(0), 22'000) << seed;
    EXPECT_GT(result.last_pass_rps.value_or(0), 16'000) << seed;
    EXPECT_GT(result.first_fail_rps.value_or(0), *result.last_pass_rps) << seed;
  }
  EXPECT_GE(settled, 180U);
}

TEST(SloSearch, ACoinTossDoesNotKeepItBusyForEver) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const auto [result, told] = search_by([&](const SloStep&) { return random() % 2 == 0 ? "" : "p99"; });
    EXPECT_LE(told.size(), 100U);
    if (result.last_pass_rps && result.first_fail_rps) {
      EXPECT_GT(*result.first_fail_rps, *result.last_pass_rps);
    }
    if (result.conclusive() && result.last_pass_rps) {
      EXPECT_GE(result.confirmations, result.refutations + 3U);
    }
  }
}

TEST(SloSearch, OfAServerThatRecoversAtHigherRatesFindsABorderOfItsOwn) {
  const auto passes = [](double rate) { return rate <= 3000 || (rate > 5000 && rate <= 9000); };
  const auto [result, told] = search_by([&](const SloStep& step) { return passes(step.rate_rps) ? "" : "p99"; });
  EXPECT_TRUE(passes(*result.last_pass_rps));
  EXPECT_FALSE(passes(*result.first_fail_rps));
  EXPECT_LE(*result.first_fail_rps, *result.last_pass_rps * 1.03);
}

TEST(SloSearch, GoesDownWhenTheFirstRateFails) {
  const auto [result, told] = search_by(knee(30));
  EXPECT_EQ(told[0].step.rate_rps, 1000);
  EXPECT_EQ(told[1].step.rate_rps, 1000) << "a fail is asked twice";
  EXPECT_EQ(told[2].step.rate_rps, 500);
  EXPECT_NEAR(*result.last_pass_rps, 30, 1);
}

TEST(SloSearch, GivesUpAtTheFloor) {
  const auto [result, told] = search_by(knee(0), {.start_rps = 100, .floor_rps = 10});
  EXPECT_FALSE(result.last_pass_rps);
  EXPECT_EQ(result.first_fail_rps, 10);
  EXPECT_TRUE(result.conclusive());
  EXPECT_EQ(result.end, SloEnd::nowhere);
  EXPECT_EQ(told.size(), 10U) << "100, 50, 25, 12.5, 10, each twice";
}

TEST(SloSearch, ConfirmsTheCeilingWhenAllPass) {
  const auto [result, told] = search_by(knee(INFINITY), {.start_rps = 100, .ceiling_rps = 500});
  EXPECT_EQ(result.last_pass_rps, 500);
  EXPECT_FALSE(result.first_fail_rps);
  EXPECT_EQ(result.broke, "");
  EXPECT_EQ(result.confirmations, 3U);
  EXPECT_TRUE(result.conclusive());
  EXPECT_EQ(told.size(), 4U + 3U);
}

TEST(SloSearch, WhatIsKnownHalfWayCanBeShown) {
  SloSearch search(SloSearchSettings{});
  EXPECT_FALSE(search.result().last_pass_rps);
  EXPECT_FALSE(search.result().conclusive());
  search.record({});
  search.record({.broke = "p99"});
  search.record({.broke = "p99"});
  EXPECT_EQ(search.result().last_pass_rps, 1000);
  EXPECT_EQ(search.result().first_fail_rps, 2000);
  EXPECT_FALSE(search.result().conclusive());
  EXPECT_EQ(search.next()->rate_rps, search.next()->rate_rps);
}

TEST(SloSearch, StopsUnsettledWhenItsStepsAreUsedUp) {
  const auto [result, told] = search_by(knee(1e6), {.most_steps = 5});
  EXPECT_EQ(told.size(), 5U);
  EXPECT_FALSE(result.conclusive());
  EXPECT_EQ(result.end, SloEnd::out_of_steps);
  EXPECT_EQ(result.last_pass_rps, 16'000);
}

}  // namespace
}  // namespace bakeoff::load

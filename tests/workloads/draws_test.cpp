// Draws against theory, with fixed seeds: what is asserted either holds always or never.
#include "workloads/draws.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "workloads/mix.h"

namespace bakeoff::workloads {
namespace {

constexpr std::uint64_t kLongest = 60'000'000;
constexpr std::uint64_t kDraws = 100'000;

std::vector<double> sorted_draws(const char* text) {
  const AmountDraw draw(text, kWaitWords, kLongest);
  std::vector<double> drawn;
  for (std::uint64_t i = 0; i < kDraws; ++i) drawn.push_back(static_cast<double>(draw.amount(stream_of(1, 2), i)));
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))];
}

TEST(Draws, UniformOnesLieInsideAndFillTheUnitInterval) {
  double sum = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double one = uniform(7, i);
    ASSERT_GT(one, 0);
    ASSERT_LT(one, 1);
    sum += one;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
}

TEST(Draws, OfAFixedWaitAreAllTheSame) {
  const auto drawn = sorted_draws("fixed:1500");
  EXPECT_EQ(drawn.front(), 1500);
  EXPECT_EQ(drawn.back(), 1500);
}

TEST(Draws, OfAnExponentialWaitHaveItsQuantiles) {
  const auto drawn = sorted_draws("exponential:2000");
  for (const double share : {0.1, 0.5, 0.9, 0.99}) {
    const double theory = -2000 * std::log(1 - share);
    EXPECT_NEAR(quantile(drawn, share), theory, 0.03 * theory + 1) << share;
  }
}

TEST(Draws, OfALognormalWaitHaveItsQuantiles) {
  const auto drawn = sorted_draws("lognormal:1000,1");
  for (const auto& [share, z] : std::map<double, double>{{0.1, -1.2816}, {0.5, 0}, {0.9, 1.2816}, {0.99, 2.3263}}) {
    EXPECT_NEAR(quantile(drawn, share), 1000 * std::exp(z), 0.04 * 1000 * std::exp(z)) << share;
  }
}

/// The mean of the rest of an amount, met at random, is E[X^2] / (2 E[X]).
TEST(Draws, OfTheRestOfAnAmountHaveTheMeanOfTheory) {
  const auto mean = [](const char* text) {
    const AmountDraw draw(text, kWaitWords, kLongest);
    double sum = 0;
    for (std::uint64_t i = 0; i < kDraws; ++i) sum += static_cast<double>(draw.rest(stream_of(1, 2), i));
    return sum / static_cast<double>(kDraws);
  };
  EXPECT_NEAR(mean("fixed:1500"), 750, 0.02 * 750);
  EXPECT_NEAR(mean("exponential:2000"), 2000, 0.02 * 2000);
  const double lognormal = 1000 * std::exp(1.5 * 0.5 * 0.5) / 2;
  EXPECT_NEAR(mean("lognormal:1000,0.5"), lognormal, 0.03 * lognormal);
}

TEST(Draws, AreCutOffAtTheLongestWait) {
  const AmountDraw draw("exponential:1000", kWaitWords, 1000);
  for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_LE(draw.amount(3, i), 1000U);
}

TEST(Draws, OfZipfsLawComeAsOftenAsItSays) {
  constexpr std::uint64_t kCount = 1000;
  for (const double exponent : {0.0, 0.5, 0.99, 1.0, 2.0}) {
    const ZipfDraw draw(kCount, exponent);
    std::vector<double> seen(kCount + 1);
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const std::uint64_t number = draw.number(stream_of(5, 6), i);
      ASSERT_GE(number, 1U);
      ASSERT_LE(number, kCount);
      ++seen[number];
    }
    double norm = 0;
    for (std::uint64_t k = 1; k <= kCount; ++k) norm += std::pow(k, -exponent);
    double chi = 0;
    for (std::uint64_t k = 1; k <= 20; ++k) {
      const double expected = kDraws * std::pow(k, -exponent) / norm;
      chi += (seen[k] - expected) * (seen[k] - expected) / expected;
    }
    EXPECT_LT(chi, 45.3) << "chi-squared of 20 cells at 0.999, exponent " << exponent;
  }
}

TEST(Draws, OfOneKeyAreThatKey) {
  EXPECT_EQ(ZipfDraw(1, 0.99).number(1, 1), 1U);
  EXPECT_EQ(ZipfDraw(1, 0).number(1, 1), 1U);
}

TEST(Draws, RefuseWhatIsNoDistributionInOneLine) {
  const auto refusal = [](const char* text) -> std::string {
    try {
      AmountDraw(text, kWaitWords, kLongest);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const std::string shapes = "http: a wait is drawn fixed:US, exponential:MEAN_US or lognormal:MEDIAN_US,SIGMA, found ";
  EXPECT_EQ(refusal("gaussian:5"), shapes + "\"gaussian:5\"");
  EXPECT_EQ(refusal(""), shapes + "\"nothing\"");
  const std::string whole = "http: a wait is a whole number of microseconds up to 60000000, found ";
  EXPECT_EQ(refusal("fixed:"), whole + "\"nothing\"");
  EXPECT_EQ(refusal("exponential:-5"), whole + "\"-5\"");
  EXPECT_EQ(refusal("fixed:60000001"), whole + "\"60000001\"");
  const std::string sigma = "http: a wait with a lognormal shape has a sigma from 0 to 5, found ";
  EXPECT_EQ(refusal("lognormal:1000"), sigma + "\"nothing\"");
  EXPECT_EQ(refusal("lognormal:1000,6"), sigma + "\"6\"");
  EXPECT_EQ(refusal("lognormal:1000,nan"), sigma + "\"nan\"");
}

TEST(Draws, ADecimalNumberIsReadWholeOrNotAtAll) {
  EXPECT_EQ(parse_decimal("0.25", 0, 1), 0.25);
  for (const char* none : {"", "1.5", "-0.1", "0.5x", "1e-1", "nan", "inf"})
    EXPECT_LT(parse_decimal(none, 0, 1), 0) << none;
}

}  // namespace
}  // namespace bakeoff::workloads

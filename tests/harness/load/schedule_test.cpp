#include "harness/load/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace bakeoff::load {
namespace {

std::vector<std::uint64_t> times(const Arrivals& arrivals, std::uint64_t thread = 0, std::uint64_t threads = 1) {
  std::vector<std::uint64_t> due;
  for (Schedule schedule(arrivals, 1000, thread, threads); schedule.next_ns() != Schedule::kNever; schedule.pop()) {
    due.push_back(schedule.next_ns());
  }
  return due;
}

TEST(Schedule, AConstantRateIsDueAtExactMultiplesOfItsPeriodFromTheBeginningOn) {
  const auto due = times({.rate_rps = 4, .length_s = 1});
  EXPECT_EQ(due, (std::vector<std::uint64_t>{1000, 250'001'000, 500'001'000, 750'001'000}));
}

TEST(Schedule, AWindowHasRateTimesLengthRequestsWhateverTheRate) {
  for (const double rate : {0.5, 1.0, 3.0, 997.0, 20'000.0}) {
    EXPECT_EQ(times({.rate_rps = rate, .length_s = 2}).size(), static_cast<std::size_t>(std::ceil(2 * rate))) << rate;
  }
}

TEST(Schedule, ADefaultOneIsNeverDue) {
  EXPECT_EQ(Schedule().next_ns(), Schedule::kNever);
}

TEST(Schedule, LanesTogetherOfferExactlyTheOneSequence) {
  for (const bool poisson : {false, true}) {
    const Arrivals arrivals{.rate_rps = 700, .ramp_to_rps = 1500, .length_s = 1, .poisson = poisson, .seed = 5};
    const auto whole = times(arrivals);
    std::vector<std::uint64_t> parts;
    for (std::uint64_t thread = 0; thread < 3; ++thread) {
      const auto part = times(arrivals, thread, 3);
      EXPECT_GE(part.size(), whole.size() / 3);
      parts.insert(parts.end(), part.begin(), part.end());
    }
    std::sort(parts.begin(), parts.end());
    EXPECT_EQ(parts, whole);
  }
}

TEST(Schedule, ARampOffersTheMeanOfItsRatesAndThreeQuartersOfARampFromZeroInItsSecondHalf) {
  const auto due = times({.rate_rps = 1e-9, .ramp_to_rps = 2000, .length_s = 2});
  EXPECT_NEAR(static_cast<double>(due.size()), 2000, 2);
  const auto half = std::count_if(due.begin(), due.end(), [](std::uint64_t ns) { return ns > 1'000'001'000; });
  EXPECT_NEAR(static_cast<double>(half), 1500, 2);
  EXPECT_TRUE(std::is_sorted(due.begin(), due.end()));
}

TEST(Schedule, ARampMayGoDown) {
  const auto due = times({.rate_rps = 3000, .ramp_to_rps = 1000, .length_s = 1});
  EXPECT_NEAR(static_cast<double>(due.size()), 2000, 2);
  const auto half = std::count_if(due.begin(), due.end(), [](std::uint64_t ns) { return ns <= 500'001'000; });
  EXPECT_NEAR(static_cast<double>(half), 1250, 2);
}

TEST(Schedule, PoissonTimesBetweenRequestsAreExponential) {
  const double rate = 10'000;
  const auto due = times({.rate_rps = rate, .length_s = 10, .poisson = true, .seed = 7});
  // A count of Poisson arrivals has the deviation of its square root; five of them are never seen.
  EXPECT_NEAR(static_cast<double>(due.size()), 100'000, 5 * std::sqrt(100'000.0));
  double sum = 0, squares = 0;
  std::size_t over_the_mean = 0;
  for (std::size_t i = 1; i < due.size(); ++i) {
    const double gap = static_cast<double>(due[i] - due[i - 1]) / 1e9 * rate;
    sum += gap;
    squares += gap * gap;
    over_the_mean += gap > 1 ? 1 : 0;
  }
  const auto n = static_cast<double>(due.size() - 1);
  EXPECT_NEAR(sum / n, 1, 0.02);
  EXPECT_NEAR(squares / n, 2, 0.06);                                          // E[X^2] of mean 1
  EXPECT_NEAR(static_cast<double>(over_the_mean) / n, std::exp(-1.0), 0.01);  // P(X > mean)
}

TEST(Schedule, TheSeedFixesPoissonTimes) {
  const auto with_seed = [](std::uint64_t seed) {
    return times({.rate_rps = 100, .length_s = 1, .poisson = true, .seed = seed});
  };
  EXPECT_EQ(with_seed(1), with_seed(1));
  EXPECT_NE(with_seed(1), with_seed(2));
}

}  // namespace
}  // namespace bakeoff::load

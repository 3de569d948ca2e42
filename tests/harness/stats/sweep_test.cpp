// Crossovers, growth and knees: found where they are, and not announced on noise more often than their rate.
#include "harness/stats/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace bakeoff::stats {
namespace {

using testing::ElementsAre;

const std::vector<double> kAt{1, 2, 4, 8, 16, 64, 256, 1000};

/// A machine whose speed wanders from block to block and has heavy tails, which hits both subjects of a block alike,
/// and what differs between processes.
class SweptMachine {
 public:
  explicit SweptMachine(unsigned seed) : random_(seed) {}

  double speed() {
    drift_ += 0.05 * normal_(random_);
    return std::exp(drift_) * (uniform_(random_) < 0.1 ? 1.5 : 1);
  }
  double noise(double share) { return std::exp(share * normal_(random_)); }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  double drift_ = 0;
};

std::vector<SweepPoint> sweep(SweptMachine& machine, std::size_t blocks, double noise,
                              const std::function<double(double)>& ratio) {
  std::vector<SweepPoint> points;
  for (const double at : kAt) points.push_back({.at = at, .subject = {}, .baseline = {}});
  for (std::size_t block = 0; block < blocks; ++block) {
    for (SweepPoint& point : points) {
      const double speed = machine.speed();
      point.baseline.emplace_back(5 * speed * machine.noise(noise));
      point.subject.emplace_back(5 * ratio(point.at) * speed * machine.noise(noise));
    }
  }
  return points;
}

TEST(Crossing, IsBetweenTheLastPointOnOneSideAndTheFirstFromWhichAllAreOnTheOther) {
  SweptMachine machine(1);
  const auto falling = [](double at) { return at < 3 ? 1.2 : at < 10 ? 1.0 : 0.7; };
  const Crossing crossing = find_crossing(sweep(machine, 12, 0.01, falling));
  EXPECT_THAT(crossing.sides, ElementsAre(Side::above, Side::above, Side::tied, Side::tied, Side::below, Side::below,
                                          Side::below, Side::below));
  EXPECT_EQ(crossing.leaves, 1U);
  EXPECT_EQ(crossing.begins, 4U);
}

TEST(Crossing, WithoutAPointOnTheOtherSideSaysOnlyWhereTheyAreToldApart) {
  SweptMachine machine(2);
  const Crossing from = find_crossing(sweep(machine, 12, 0.01, [](double at) { return at < 10 ? 1.0 : 0.8; }));
  EXPECT_EQ(from.begins, 4U);
  EXPECT_FALSE(from.leaves);
  const Crossing always = find_crossing(sweep(machine, 12, 0.01, [](double) { return 1.3; }));
  EXPECT_EQ(always.begins, 0U);
  EXPECT_FALSE(always.leaves);
  const Crossing late = find_crossing(sweep(machine, 12, 0.01, [](double at) { return at == 64 ? 0.7 : 1.0; }));
  EXPECT_FALSE(late.begins) << "at the last point they are not told apart";
}

TEST(Crossing, NeedsAsManyBlocksAsItsCorrectedLevel) {
  EXPECT_EQ(blocks_for_crossing(8), 9U);
  EXPECT_EQ(blocks_for_crossing(1), 6U);
  SweptMachine machine(3);
  const Crossing few = find_crossing(sweep(machine, 8, 0.001, [](double) { return 0.5; }));
  EXPECT_THAT(few.sides, testing::Each(Side::unknown));
  EXPECT_FALSE(few.begins);
  EXPECT_FALSE(find_crossing({}).begins);
}

TEST(Crossing, IsNotAnnouncedOnNoiseMoreOftenThanItsRate) {
  constexpr int kRuns = 4000;
  int announced = 0, crossed = 0;
  SweptMachine machine(4);
  for (int run = 0; run < kRuns; ++run) {
    const Crossing crossing = find_crossing(sweep(machine, run % 2 == 0 ? 9 : 20, 0.02, [](double) { return 1.0; }));
    announced += crossing.begins.has_value();
    crossed += crossing.leaves.has_value();
  }
  // At most 5 % by theory, for all points together; of these only the last point can begin one.
  EXPECT_LT(announced, 0.05 * kRuns);
  EXPECT_GT(announced, 0) << "or the simulation has no noise";
  EXPECT_LT(crossed, 0.01 * kRuns);
}

TEST(Crossing, IsFoundWhereItIsAndNeverAtAPointThatItHasPassed) {
  // The ratio is 1 at 8: told apart on both sides of it, so that the truth lies within what is said.
  constexpr int kRuns = 500;
  int found = 0, wrong = 0;
  SweptMachine machine(5);
  for (int run = 0; run < kRuns; ++run) {
    const Crossing crossing = find_crossing(sweep(machine, 12, 0.02, [](double at) { return std::pow(at / 8, -0.1); }));
    if (!crossing.begins || !crossing.leaves) continue;
    ++found;
    wrong += kAt[*crossing.leaves] > 8 || kAt[*crossing.begins] < 8;
  }
  EXPECT_GT(found, 0.95 * kRuns);
  EXPECT_LT(wrong, 0.05 * kRuns);
}

std::vector<SweepValues> values_of(SweptMachine& machine, std::size_t blocks,
                                   const std::function<double(double)>& value) {
  std::vector<SweepValues> points;
  for (const double at : kAt) points.push_back({.at = at, .values = {}});
  for (std::size_t block = 0; block < blocks; ++block) {
    const double speed = machine.speed();
    for (SweepValues& point : points) point.values.emplace_back(value(point.at) * speed * machine.noise(0.02));
  }
  return points;
}

TEST(Growth, IsTheExponentWithAnIntervalThatHoldsIt) {
  constexpr int kRuns = 1000;
  int held = 0;
  SweptMachine machine(6);
  for (int run = 0; run < kRuns; ++run) {
    const auto growth =
        growth_between(values_of(machine, 9, [](double at) { return 3 * std::pow(at, 0.9); }), 0, kAt.size() - 1);
    ASSERT_TRUE(growth && growth->interval);
    held += growth->interval->contains(0.9);
  }
  EXPECT_GT(held, 0.94 * kRuns);
}

TEST(Growth, LeavesOutBlocksThatLackAValueAndSaysNothingOfOnePoint) {
  SweptMachine machine(7);
  auto points = values_of(machine, 7, [](double at) { return at; });
  points[2].values[1] = std::nullopt;
  points[5].values[4] = 0.0;
  const auto growth = growth_between(points, 0, kAt.size() - 1);
  ASSERT_TRUE(growth);
  EXPECT_EQ(growth->blocks, 5U);
  EXPECT_FALSE(growth->interval) << "five blocks have none";
  EXPECT_EQ(growth_between(points, 0, 1)->blocks, 7U);
  EXPECT_FALSE(growth_between(points, 3, 3));
  EXPECT_FALSE(growth_between(points, 0, kAt.size()));
  for (SweepValues& point : points) point.values.assign(7, std::nullopt);
  EXPECT_FALSE(growth_between(points, 0, 1));
}

TEST(Knee, IsTheMeasuredPointWhereTheGrowthChangesMost) {
  SweptMachine machine(8);
  const auto knee = find_knee(values_of(machine, 12, [](double at) { return at < 16 ? 5 : 5 * at / 16; }));
  ASSERT_TRUE(knee);
  EXPECT_EQ(kAt[knee->point], 16);
  EXPECT_NEAR(knee->before.exponent, 0, 0.05);
  EXPECT_NEAR(knee->after.exponent, 1, 0.05);
}

TEST(Knee, IsNotAnnouncedOnNoiseMoreOftenThanItsRate) {
  constexpr int kRuns = 3000;
  int announced = 0;
  SweptMachine machine(9);
  for (int run = 0; run < kRuns; ++run) {
    announced +=
        find_knee(values_of(machine, run % 2 == 0 ? 9 : 20, [](double at) { return std::sqrt(at); })).has_value();
  }
  EXPECT_LT(announced, 0.05 * kRuns);
  EXPECT_GT(announced, 0) << "or the simulation has no noise";
  EXPECT_FALSE(find_knee({}));
}

TEST(PriceOfOne, IsTheDifferenceOfTwoPointsOverTheirDistance) {
  SweepValues low{.at = 1, .values = {}}, high{.at = 1001, .values = {}};
  for (int block = 0; block < 8; ++block) {
    const double own = 10 + block;  // What a program has for itself, another in each block.
    low.values.emplace_back(own + 2.5);
    high.values.emplace_back(own + 2.5 * 1001 + (block == 3 ? 500 : 0));
  }
  const auto price = price_of_one(low, high);
  ASSERT_TRUE(price && price->interval);
  EXPECT_NEAR(price->price, 2.5, 1e-9) << "one block that is off moves no median";
  EXPECT_EQ(price->blocks, 8U);
  EXPECT_LE(price->interval->low, 2.5);
  EXPECT_NEAR(price->interval->high, 3, 1e-9);

  low.values.at(0) = std::nullopt;
  EXPECT_EQ(price_of_one(low, high)->blocks, 7U);
  low.values.resize(4);
  EXPECT_FALSE(price_of_one(low, high)->interval) << "three blocks";
  EXPECT_FALSE(price_of_one(high, low));
  EXPECT_FALSE(price_of_one(low, {.at = 5, .values = {}}));
}

}  // namespace
}  // namespace bakeoff::stats

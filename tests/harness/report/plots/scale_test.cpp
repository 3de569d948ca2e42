// Scales: where values stand, what is marked, and what sets them.
#include "harness/report/plots/scale.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace bakeoff::report::plots {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts_of(const Scale& scale) {
  std::vector<std::string> texts;
  for (const Tick& tick : scale.ticks()) texts.push_back(tick.text);
  return texts;
}

TEST(Scale, PutsValuesBetweenItsEndsAndThoseBeyondAtTheNearerOne) {
  const Scale linear(Scale::Kind::linear, 0, 10, 100, 0);
  EXPECT_EQ(linear.at(0), 100);
  EXPECT_EQ(linear.at(5), 50);
  EXPECT_EQ(linear.at(11), 0);
  EXPECT_FALSE(linear.holds(11));
  const Scale logarithmic(Scale::Kind::logarithmic, 1, 100, 0, 200);
  EXPECT_NEAR(logarithmic.at(10), 100, 1e-9);
  EXPECT_EQ(logarithmic.at(0.1), 0);
  EXPECT_NEAR(logarithmic.at_or_beyond(1000), 300, 1e-9);
}

TEST(Scale, MarksRoundValues) {
  EXPECT_THAT(texts_of({Scale::Kind::linear, 0, 97, 0, 1}), ElementsAre("0", "20", "40", "60", "80"));
  EXPECT_THAT(texts_of({Scale::Kind::linear, 0, 5200, 0, 1}), ElementsAre("0", "2k", "4k"));
  EXPECT_THAT(texts_of({Scale::Kind::logarithmic, 0.4, 30, 0, 1}), ElementsAre("0.5", "1", "2", "5", "10", "20"));
  EXPECT_THAT(texts_of({Scale::Kind::logarithmic, 1, 1e6, 0, 1}),
              ElementsAre("1", "10", "100", "1k", "10k", "100k", "1M"));
  EXPECT_THAT(texts_of({Scale::Kind::logarithmic, 0.92, 1.09, 0, 1}), ElementsAre("0.95", "1", "1.05"))
      << "less than a decade";
}

TEST(LogarithmicRange, HoldsAllValuesButOfAnIntervalNoMoreThanTwiceThat) {
  const std::vector<ValueWithin> values{{1}, {0.8, 0.7, 0.9}, {1.2, 0.04, 106}};
  const auto range = logarithmic_range(values);
  ASSERT_TRUE(range);
  EXPECT_NEAR(range->low, 0.4 / 1.08, 1e-9);
  EXPECT_NEAR(range->high, 2.4 * 1.08, 1e-9);
  EXPECT_FALSE(logarithmic_range({}));
  EXPECT_FALSE(logarithmic_range(std::vector<ValueWithin>{{std::numeric_limits<double>::denorm_min()}, {1e300}}))
      << "ticks have an end";
  EXPECT_FALSE(logarithmic_range(std::vector<ValueWithin>{{0}, {-1}, {std::numeric_limits<double>::infinity()}}));
}

TEST(LogarithmicRange, IsNotSetByAnOutlier) {
  std::vector<ValueWithin> values(11, ValueWithin{1});
  values.push_back({300});
  EXPECT_NEAR(logarithmic_range(values)->high, 1.08, 1e-9);
  values.push_back({0.001});
  EXPECT_NEAR(logarithmic_range(values)->high, 300 * 1.08, 1e-6) << "one of thirteen, the one that is further off";
  EXPECT_NEAR(logarithmic_range(values)->low, 1 / 1.08, 1e-9);
  EXPECT_NEAR(logarithmic_range(std::vector<ValueWithin>{{1}, {1}, {300}})->high, 300 * 1.08, 1e-6) << "one of three";
}

TEST(RangeFromZero, IsNotSetByAnOutlier) {
  EXPECT_NEAR(range_from_zero(std::vector<double>{1, 2, 3})->high, 3 * 1.08, 1e-9);
  EXPECT_NEAR(range_from_zero(std::vector<double>{1, 1, 1, 500})->high, 10 * 1.08, 1e-9);
  EXPECT_FALSE(range_from_zero(std::vector<double>{}));
  EXPECT_FALSE(range_from_zero(std::vector<double>{0, 0}));
}

}  // namespace
}  // namespace bakeoff::report::plots

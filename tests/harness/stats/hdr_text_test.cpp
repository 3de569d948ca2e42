#include "harness/stats/hdr_text.h"

#include <gmock/gmock.h>

#include <sstream>

#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/load_fixture.h"

namespace bakeoff::stats {
namespace {

/// What the HdrHistogram plotter takes of a file: lines of four numbers that do not begin with '#'.
struct Plotted {
  double value = 0, percentile = 0, count = 0, inverse = 0;
};
std::vector<Plotted> plotted(const std::string& text) {
  std::vector<Plotted> points;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Plotted point;
    if (words >> point.value >> point.percentile >> point.count >> point.inverse) points.push_back(point);
  }
  return points;
}

TEST(HdrText, OfALatencyDistribution) {
  test::expect_golden("hdr.txt", hdr_percentile_text(test::hump(620, 10'000)));
}

TEST(HdrText, OfNothingIsAHeadAndAFoot) {
  const std::string text = hdr_percentile_text(Histogram());
  EXPECT_TRUE(plotted(text).empty());
  EXPECT_THAT(text, testing::StartsWith("       Value"));
  EXPECT_THAT(text, testing::HasSubstr("Total count    =            0]"));
}

TEST(HdrText, OfOneSampleHasItsFirstLineAndItsLast) {
  Histogram histogram;
  histogram.record(1'234'567);
  const std::string text = hdr_percentile_text(histogram);
  const auto points = plotted(text);
  ASSERT_EQ(points.size(), 1u);
  EXPECT_NEAR(points[0].value, 1.234567, 1e-9);
  EXPECT_EQ(points[0].percentile, 0);
  EXPECT_THAT(text, testing::HasSubstr("1.000000000000          1\n"));
}

TEST(HdrText, EachLineHoldsAtLeastItsShareOfTheSamples) {
  const Histogram histogram = test::hump(620, 99'999);
  const auto points = plotted(hdr_percentile_text(histogram));
  ASSERT_GT(points.size(), 50u);
  double last_value = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_GE(points[i].count, points[i].percentile * 99'999 - 1e-3) << points[i].percentile;
    EXPECT_GE(points[i].value, last_value);
    EXPECT_NEAR(points[i].inverse, 1 / (1 - points[i].percentile), 0.006);
    last_value = points[i].value;
  }
  // Five steps to a half: 0, 0.1, ... 0.5, then half as far.
  EXPECT_NEAR(points[5].percentile, 0.5, 1e-9);
  EXPECT_NEAR(points[6].percentile, 0.55, 1e-9);
  EXPECT_NEAR(points[10].percentile, 0.75, 1e-9);
}

TEST(HdrText, MeanAndDeviationAreThoseOfTheSamples) {
  Histogram histogram;
  histogram.record(100'000'000);
  histogram.record(300'000'000);
  const std::string text = hdr_percentile_text(histogram);
  double mean = 0;
  double deviation = 0;
  const auto at = text.find("#[Mean");
  ASSERT_NE(at, text.npos);
  ASSERT_EQ(std::sscanf(text.c_str() + at, "#[Mean    = %lf, StdDeviation   = %lf]", &mean, &deviation), 2);
  EXPECT_DOUBLE_EQ(mean, 200);
  EXPECT_NEAR(deviation, 100, 1);
}

}  // namespace
}  // namespace bakeoff::stats

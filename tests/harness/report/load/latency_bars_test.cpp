#include "harness/report/load/latency_bars.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/load_fixture.h"

namespace bakeoff::report::load {
namespace {

using testing::HasSubstr;

std::uint64_t sum(const std::vector<LatencyBar>& bars) {
  return std::accumulate(bars.begin(), bars.end(), std::uint64_t{0},
                         [](std::uint64_t total, const LatencyBar& bar) { return total + bar.count; });
}

void expect_sound(const stats::Histogram& histogram) {
  const std::vector<LatencyBar> bars = latency_bars(histogram);
  ASSERT_FALSE(bars.empty());
  const auto gaps = std::count_if(bars.begin(), bars.end(), [](const LatencyBar& bar) { return bar.after_gap; });
  EXPECT_LE(bars.size() + static_cast<std::size_t>(gaps), kMostBars);
  EXPECT_EQ(sum(bars), histogram.count());
  EXPECT_GT(bars.front().count, 0u);
  EXPECT_GT(bars.back().count, 0u);
  EXPECT_EQ(bars.back().up_to_ns, histogram.max_ns());
  for (std::size_t i = 1; i < bars.size(); ++i) EXPECT_LT(bars[i - 1].up_to_ns, bars[i].up_to_ns);
}

TEST(LatencyBars, NoSamplesAreNoBars) {
  EXPECT_TRUE(latency_bars(stats::Histogram()).empty());
  EXPECT_EQ(draw_latency_bars(stats::Histogram(), 2, {}), "");
}

TEST(LatencyBars, OneSampleIsOneBar) {
  for (const std::uint64_t ns : {0ull, 1ull, 255ull, 1'234'567ull, 100'000'000'000ull}) {
    stats::Histogram histogram;
    histogram.record(ns);
    expect_sound(histogram);
    EXPECT_EQ(latency_bars(histogram).size(), 1u) << ns;
  }
  stats::Histogram histogram;
  histogram.record(1'234'567);
  EXPECT_THAT(draw_latency_bars(histogram, 2, {}),
              testing::AllOf(HasSubstr("≤ 1.23 ms"), HasSubstr("100 %"), HasSubstr("p50 p90 p99 p99.9")));
}

TEST(LatencyBars, AreSoundForWhateverIsRecorded) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    stats::Histogram histogram;
    std::lognormal_distribution<double> latency(std::uniform_real_distribution<double>(0, 24)(random),
                                                std::uniform_real_distribution<double>(0, 4)(random));
    const int samples = 1 << (round % 13);
    for (int i = 0; i < samples; ++i) histogram.record(static_cast<std::uint64_t>(std::min(latency(random), 2e11)));
    ASSERT_NO_FATAL_FAILURE(expect_sound(histogram)) << round;
  }
}

TEST(LatencyBars, AHumpIsDrawnByEightBarsOrMoreEvenWithAnOutlierFarAway) {
  stats::Histogram histogram = test::hump(620, 100'000);
  EXPECT_GE(latency_bars(histogram).size(), 8u);
  histogram.record(90'000'000'000);
  EXPECT_GE(latency_bars(histogram).size(), 8u);
  std::uint64_t tallest = 0;
  for (const LatencyBar& bar : latency_bars(histogram)) tallest = std::max(tallest, bar.count);
  EXPECT_LT(tallest, histogram.count() / 2);  // The outlier has not pressed all the rest into one.
}

TEST(LatencyBars, WhatLiesFarAwayIsDrawnAsFinelyAndTheGapIsOneLine) {
  stats::Histogram histogram = test::hump(85, 99'000);
  histogram.record(4'000'000'000, 5'000);
  const auto bars = latency_bars(histogram);
  EXPECT_GE(bars.size(), 12u);
  EXPECT_TRUE(bars.back().after_gap);
  EXPECT_EQ(bars.back().count, 5'000u);
  EXPECT_THAT(draw_latency_bars(histogram, 0, {}), HasSubstr("⋮\n"));
}

TEST(LatencyBars, CloseLatenciesGetEvenSteps) {
  stats::Histogram histogram;
  for (std::uint64_t us = 100; us < 130; ++us) histogram.record(us * 1'000, 10);
  const auto bars = latency_bars(histogram);
  ASSERT_GE(bars.size(), 8u);
  const std::uint64_t step = bars[1].up_to_ns - bars[0].up_to_ns;
  for (std::size_t i = 2; i + 1 < bars.size(); ++i) EXPECT_EQ(bars[i].up_to_ns - bars[i - 1].up_to_ns, step);
}

TEST(LatencyBars, ABarOfSomethingIsNeverEmptyAndTheTallestIsFull) {
  EXPECT_EQ(draw_bar(0, 10), "");
  EXPECT_EQ(draw_bar(1e-9, 10), "▏");
  EXPECT_EQ(draw_bar(0.5, 3), "█▌");
  EXPECT_EQ(draw_bar(1, 3), "███");
  EXPECT_EQ(draw_bar(7, 3), "███");
}

TEST(LatencyBars, NoLineIsWiderThanTheTerminal) {
  stats::Histogram histogram = test::hump(620, 100'000);
  histogram.record(5'000'000'000, 10);
  for (const std::size_t width : {60u, 80u, 120u, 300u}) {
    std::string_view text;
    const std::string drawn = draw_latency_bars(histogram, 2, {.width = width});
    text = drawn;
    while (!text.empty()) {
      EXPECT_LE(display_width(text.substr(0, text.find('\n'))), width);
      text.remove_prefix(text.find('\n') + 1);
    }
  }
}

}  // namespace
}  // namespace bakeoff::report::load

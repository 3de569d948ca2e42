#include "harness/report/load/series.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace bakeoff::report::load {
namespace {

bakeoff::load::LoadInterval interval(double length_s, std::uint64_t replies) {
  bakeoff::load::LoadInterval seen;
  seen.length_s = length_s;
  seen.replies = replies;
  seen.cpu_us = length_s * 1e6;
  seen.threads = 2;
  for (std::uint64_t i = 0; i < replies; ++i) seen.total.record(200);
  return seen;
}

TEST(Series, FourQuartersAreASecond) {
  LoadSeries series;
  for (int second = 0; second < 3; ++second) {
    for (int quarter = 0; quarter < 3; ++quarter) EXPECT_FALSE(series.add(interval(0.25, 10)));
    const auto done = series.add(interval(0.25, 12));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->second, static_cast<std::uint64_t>(second));
    EXPECT_EQ(done->seen.replies, 42u);
    EXPECT_EQ(done->seen.total.count(), 42u);
    EXPECT_DOUBLE_EQ(done->seen.length_s, 1);
  }
  EXPECT_FALSE(series.finish());
}

TEST(Series, ATenthIsNoExactNumberAndTenOfThemAreStillASecond) {
  LoadSeries series;
  std::size_t seconds = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (const auto done = series.add(interval(0.1, 1))) {
      EXPECT_EQ(done->second, seconds++);
      EXPECT_EQ(done->seen.replies, 10u);
    }
  }
  EXPECT_EQ(seconds, 1'000u);
}

TEST(Series, WhatIsLeftAtTheEndIsAShorterSecond) {
  LoadSeries series;
  series.add(interval(1, 10));
  series.add(interval(0.25, 5));
  const auto rest = series.finish();
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->second, 1u);
  EXPECT_DOUBLE_EQ(nlohmann::json::parse(series_line(*rest, 2))["rate_rps"], 20);
  EXPECT_FALSE(series.finish());
}

TEST(Series, ALongIntervalIsOneRowAndTheNextOneKeepsItsTime) {
  LoadSeries series;
  EXPECT_EQ(series.add(interval(2.5, 10))->second, 0u);
  EXPECT_EQ(series.add(interval(0.5, 10))->second, 2u);
}

TEST(Series, ALineHasTheFieldsInTheirUnits) {
  LoadSecond second{7, interval(1, 100)};
  second.seen.errors = 3;
  const auto line = nlohmann::ordered_json::parse(series_line(second, 2));
  std::vector<std::string> names;
  for (const auto& [name, value] : line.items()) names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("second", "replies", "rate_rps", "errors", "p50_us", "p90_us", "p99_us",
                                          "p999_us", "max_us", "generator_cpu_share"));
  EXPECT_EQ(line["second"], 7);
  EXPECT_EQ(line["errors"], 3);
  EXPECT_EQ(line["p50_us"], 0.2);
  EXPECT_EQ(line["generator_cpu_share"], 0.5);  // One CPU second of two threads' two.
  EXPECT_EQ(series_line(second, 2).find('\n'), std::string::npos);
}

TEST(Series, ASecondWithoutRepliesHasNoLatencyRatherThanNone) {
  LoadSecond second{0, interval(1, 0)};
  second.seen.threads = 0;
  const auto line = nlohmann::json::parse(series_line(second, 2));
  EXPECT_EQ(line["rate_rps"], 0);
  EXPECT_FALSE(line.contains("p50_us"));
  EXPECT_FALSE(line.contains("max_us"));
  EXPECT_FALSE(line.contains("generator_cpu_share"));
}

}  // namespace
}  // namespace bakeoff::report::load

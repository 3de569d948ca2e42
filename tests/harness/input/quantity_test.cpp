// Numbers as people write them, with units and without.
#include "harness/input/quantity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

#include "harness/input/input_error.h"

namespace bakeoff::input {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseWhole, TakesDecimalDigitsWithinTheBoundsAndThousandsAsKAndM) {
  EXPECT_EQ(parse_whole("--units", "64", 1, 64), 64U);
  EXPECT_EQ(parse_whole("--seed", "18446744073709551615", 0, UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(parse_whole("-c", "1k", 1, 1'000'000), 1000U);
  EXPECT_EQ(parse_whole("-c", "1.5k", 1, 1'000'000), 1500U);
  EXPECT_EQ(parse_whole("-c", "1.001k", 1, 1'000'000), 1001U);
  EXPECT_EQ(parse_whole("-c", "0.25M", 1, 1'000'000), 250'000U);
  EXPECT_EQ(parse_whole("--seed", "9007199254740993k", 0, UINT64_MAX), 9007199254740993000U) << "no double has it";
  for (const char* text :
       {"",   "-1",  "+1",  " 1",      "1 ", "1k", "0x1", "65",  "0",   "18446744073709551616", "1.5", "1.0",
        "1.", ".5k", "1.k", "0.0625k", "k",  "M",  "1K",  "1kk", "1e1", "18446744073709552k"}) {
    EXPECT_EQ(refusal([&] { parse_whole("--units", text, 1, 64); }),
              std::string("--units: found \"") + text + "\", expected a whole number from 1 to 64");
  }
}

TEST(ParseDuration, TakesMicrosecondsToHoursAndSecondsWithoutAUnit) {
  EXPECT_EQ(parse_duration_s("-d", "500ms"), 0.5);
  EXPECT_EQ(parse_duration_s("-d", "1.1"), 1.1);
  EXPECT_EQ(parse_duration_s("-d", "0.3s"), 0.3);
  EXPECT_EQ(parse_duration_s("-d", "5m"), 300);
  EXPECT_EQ(parse_duration_s("-d", "24h"), 86400);
  EXPECT_EQ(parse_duration_s("-d", "1ms"), 0.001);
  EXPECT_EQ(parse_duration_s("-d", "1500us"), 0.0015);
  EXPECT_EQ(parse_duration_s("-d", "2min"), 120);
  EXPECT_EQ(parse_duration_s("-d", "90sec"), 90);
  EXPECT_EQ(parse_duration_s("-d", "1m30s"), 90);
  EXPECT_EQ(parse_duration_s("-d", "1h30m"), 5400);
  EXPECT_EQ(parse_duration_s("-d", "1h0min0.5s"), 3600.5);
  EXPECT_EQ(parse_duration_s("-d", "0", true), 0);
  EXPECT_EQ(parse_duration_s("-d", "0s", true), 0);
  for (const char* text : {"",   "s",     "0",      "0.5ms", "25h",    "-1s",    "nan",   "inf",      "10 s", "500us",
                           "1d", "30s1m", "1m1min", "1m30",  "1m-30s", "1m 30s", "1h24h", "23h60m1s", "1mm",  "10S"}) {
    EXPECT_THAT(refusal([&] { parse_duration_s("-d", text); }), StartsWith("-d: found \"")) << text;
  }
  EXPECT_THAT(refusal([] { parse_duration_s("-d", "-1", true); }), HasSubstr("expected 0 or a time from 1ms to a day"));
  EXPECT_EQ(refusal([] { parse_duration_s("-d", "10 s"); }),
            "-d: found \"10 s\", expected a time from 1ms to a day like 500ms, 10s or 1m30s");
  EXPECT_THAT(refusal([] { parse_duration_s("-d", "0x", true); }), HasSubstr("expected 0 or a time"));
}

TEST(ReadTime, TakesOnlyTheUnitsThatItIsGiven) {
  EXPECT_EQ(read_time_us("5ms", kShortTimeUnits), 5000);
  EXPECT_EQ(read_time_us("1s500ms", kShortTimeUnits), 1.5e6);
  EXPECT_EQ(read_time_us("0us", kShortTimeUnits), 0);
  EXPECT_EQ(read_time_us("5m", kTimeUnits), 300e6);
  for (const char* text : {"5m", "5", "", "ms", "5 ms", "-5ms", "nanms"}) {
    EXPECT_EQ(read_time_us(text, kShortTimeUnits), std::nullopt) << text;
  }
}

TEST(ParseShare, TakesPercentOrAFractionAndDoesNotGuess) {
  EXPECT_EQ(parse_share("--margin", "7%"), 0.07);
  EXPECT_EQ(parse_share("--margin", "0.07"), 0.07);
  EXPECT_EQ(parse_share("--margin", "100%"), 1);
  for (const char* text : {"", "5", "0", "0%", "101%", "-1%", "nan", "5 %", "x"}) {
    EXPECT_THAT(refusal([&] { parse_share("--margin", text); }), HasSubstr("expected a share above 0 and up to 100%"));
  }
  EXPECT_THAT(refusal([] { parse_share("--precision", "0.05%", 0.001); }), HasSubstr("expected a share from 0.1% and"));
}

TEST(ParseRates, TakesARateOrARamp) {
  EXPECT_EQ(parse_rates("--rate", "20k").from_rps, 20'000);
  EXPECT_EQ(parse_rates("--rate", "20k").to_rps, 0);
  EXPECT_EQ(parse_rates("--rate", "1.5M").from_rps, 1.5e6);
  EXPECT_EQ(parse_rates("--rate", "0.1:2M").to_rps, 2e6);
  for (const char* text : {"", "0", "3M", "5K", "1k:", ":1k", "1k:2k:3k", "nan", "-5"}) {
    EXPECT_THAT(refusal([&] { parse_rates("--rate", text); }),
                StartsWith(std::string("--rate: found \"") + text + "\", expected requests per second from 0.1 to 2M"));
  }
}

}  // namespace
}  // namespace bakeoff::input

#include "harness/report/load/progress_text.h"

#include <gmock/gmock.h>

#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/load_fixture.h"

namespace bakeoff::report::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

bakeoff::load::LoadInterval quarter(std::uint64_t replies, double middle_us) {
  bakeoff::load::LoadInterval seen;
  seen.length_s = 0.25;
  seen.replies = replies;
  seen.cpu_us = 0.25e6 * 0.6;
  seen.threads = 1;
  if (replies > 0) seen.total = test::hump(middle_us, replies);
  return seen;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

LoadProgressText after(std::size_t quarters) {
  LoadProgressText live("http://127.0.0.1:8080/id/{k} · 64 connections · closed loop", 10, 1);
  for (std::size_t i = 0; i < quarters; ++i) live.add(quarter(2'000 + 100 * i, 300 + 10 * static_cast<double>(i)));
  return live;
}

TEST(LoadProgressText, InTheMiddleOfTheWindow) {
  test::expect_golden("live-80.txt", joined(after(22).view({.width = 80})));
}

TEST(LoadProgressText, BeforeTheWindowItSaysWhatGoesOn) {
  LoadProgressText live("URL", 10, 1);
  live.set_phase("warming up for 1 s");
  EXPECT_EQ(joined(live.view({.width = 80})), "URL\n  warming up for 1 s\n");
}

TEST(LoadProgressText, TheLastSecondForgetsWhatIsOlder) {
  LoadProgressText live("URL", 10, 1);
  for (int i = 0; i < 4; ++i) live.add(quarter(100, 50'000));
  for (int i = 0; i < 4; ++i) live.add(quarter(1'000, 100));
  const std::string text = joined(live.view({.width = 80}));
  EXPECT_THAT(text, AllOf(HasSubstr("4.00k req/s now"), HasSubstr("2.20k in all")));
  const auto recent = text.substr(text.find("last 1 s"), text.find("so far") - text.find("last 1 s"));
  EXPECT_THAT(recent, Not(HasSubstr("ms")));
  EXPECT_THAT(text.substr(text.find("so far")), HasSubstr("ms"));
}

TEST(LoadProgressText, ASecondWithoutRepliesHasDashesAndNoZeros) {
  LoadProgressText live("URL", 10, 1);
  for (int i = 0; i < 4; ++i) live.add(quarter(0, 0));
  EXPECT_THAT(joined(live.view({.width = 80})), AllOf(HasSubstr("0 req/s now"), HasSubstr("        -        -")));
}

TEST(LoadProgressText, ErrorsAreCountedOverTheWholeWindow) {
  LoadProgressText live("URL", 10, 1);
  bakeoff::load::LoadInterval seen = quarter(10, 100);
  seen.errors = 3;
  for (int i = 0; i < 8; ++i) live.add(seen);
  EXPECT_THAT(joined(live.view({.width = 80})), HasSubstr("24 · generator 60 % of its CPU"));
  EXPECT_THAT(joined(live.view({.width = 80, .colour = true})), HasSubstr("\x1b[1;31m24"));
}

TEST(LoadProgressText, ManyThreadsOnOneCpuAreAsBusyAsTheCpu) {
  LoadProgressText live("URL", 10, 1);
  bakeoff::load::LoadInterval seen = quarter(10, 100);
  seen.threads = 16;
  live.add(seen);
  EXPECT_THAT(joined(live.view({.width = 80})), HasSubstr("generator 60 % of its CPU"));
}

TEST(LoadProgressText, NoLineIsWiderThanTheTerminalHoweverNarrow) {
  const LoadProgressText live = after(22);
  for (std::size_t width = 1; width < 130; ++width) {
    const auto lines = live.view({.width = width});
    EXPECT_EQ(lines.size(), after(1).view({.width = 80}).size());
    for (const std::string& line : lines) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(LoadProgressText, BeyondItsEndTheWindowHasNoTimeLeft) {
  EXPECT_THAT(joined(after(44).view({.width = 80})), HasSubstr("0:00 left of 10 s"));
}

TEST(Sparkline, ScalesToTheLargestOfWhatItShows) {
  EXPECT_EQ(sparkline({}, 10), "");
  EXPECT_EQ(sparkline({0, 0}, 10), "▁▁");
  EXPECT_EQ(sparkline({1, 2, 4, 8}, 10), "▂▃▅█");
  EXPECT_EQ(sparkline({100, 1, 1}, 2), "██");
  EXPECT_EQ(sparkline({1}, 0), "");
}

}  // namespace
}  // namespace bakeoff::report::load

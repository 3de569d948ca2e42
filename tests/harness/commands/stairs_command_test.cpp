// A load that climbs from rate to rate: what it prints, and its exit status, over loads that are made up.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/commands/commands.h"
#include "harness/commands/load_stairs.h"
#include "harness/subjects/interruption.h"

namespace bakeoff::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

LoadResult made_up(double rate_rps, const std::string& reason) {
  LoadResult loaded;
  journal::Trial& row = loaded.row;
  row.params.load.rate_rps = rate_rps;
  journal::ClientRow& client = row.client.emplace();
  client.throughput_rps = rate_rps;
  client.replies_ok = 100;
  client.latency_us["total"] = {.p50 = 1'000, .p99 = 9'000, .max = 12'000, .count = 100};
  client.errors = {{"reply", "503", 7}};
  if (!reason.empty()) row.validity = {{"latency", reason}};
  return loaded;
}

struct Climbed {
  int status = 0;
  std::string output;
};

Climbed climb(const std::string& reason, const std::string& format = "terminal") {
  testing::internal::CaptureStdout();
  Climbed climbed;
  climbed.status = climb_stairs("http://host/", parse_stairs("1k,2k:10s"), 1, format,
                                [&](double rate, double, double) { return made_up(rate, rate > 1000 ? reason : ""); });
  climbed.output = testing::internal::GetCapturedStdout();
  return climbed;
}

TEST(Stairs, AreRatesAndTheLengthOfAStep) {
  const Stairs stairs = parse_stairs("1k,2500,1k:30s");
  EXPECT_THAT(stairs.rates_rps, ElementsAre(1000, 2500, 1000));
  EXPECT_EQ(stairs.step_s, 30);
}

TEST(Stairs, ThatGoNowhereOrHaveNoLengthAreRefused) {
  for (const auto& [text, told] : {std::pair("1k,2k", "without the length of a step"),
                                   {"1k:10s", "with one step only"},
                                   {"1k,1000:10s", "with two steps alike in a row"},
                                   {",1k:10s", "--stairs: "},
                                   {"1k,2k:", "--stairs: "},
                                   {"1k,x:10s", "--stairs: "},
                                   {":10s", "--stairs: "}}) {
    try {
      parse_stairs(text);
      FAIL() << text;
    } catch (const UsageError& error) {
      EXPECT_THAT(error.what(), HasSubstr(told)) << text;
    }
  }
}

TEST(Stairs, ALineForEachStepStruckOutWhereItIsVoid) {
  const Climbed climbed = climb("noisy");
  EXPECT_EQ(climbed.status, kDone);
  EXPECT_THAT(climbed.output, HasSubstr("     1.00k      1.00k    1.00 ms    9.00 ms    12.0 ms          7\n"));
  EXPECT_THAT(climbed.output, HasSubstr("2.00k"));
  EXPECT_THAT(climbed.output, HasSubstr("~12.0 ms~"));
  EXPECT_THAT(climbed.output, HasSubstr("void: noisy\n"));
}

TEST(Stairs, InJsonEachStepIsARow) {
  const std::string output = climb("", "json").output;
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 2);
  EXPECT_EQ(nlohmann::json::parse(output.substr(0, output.find('\n'))).at("client").at("replies_ok"), 100);
}

TEST(Stairs, AStepThatIsCutShortIsNotInTheTable) {
  testing::internal::CaptureStdout();
  const int status =
      climb_stairs("http://host/", parse_stairs("1k,2k:10s"), 1, "terminal", [](double rate, double, double) {
        subjects::interrupted = rate > 1000;
        return made_up(rate, "");
      });
  subjects::interrupted = false;
  const std::string output = testing::internal::GetCapturedStdout();
  EXPECT_EQ(status, kInterrupted);
  EXPECT_THAT(output, HasSubstr("1.00k"));
  EXPECT_THAT(output, Not(HasSubstr("2.00k")));
}

TEST(Stairs, NoStepThatMayBeBelievedIsNoNumber) {
  testing::internal::CaptureStdout();
  const int status = climb_stairs("http://host/", parse_stairs("1k,2k:10s"), 1, "terminal",
                                  [](double rate, double, double) { return made_up(rate, "noisy"); });
  testing::internal::GetCapturedStdout();
  EXPECT_EQ(status, kNoValid);
}

}  // namespace
}  // namespace bakeoff::commands

// The exit status of a search, and what it prints, over loads that are made up.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/commands/commands.h"
#include "harness/commands/load_slo.h"

namespace bakeoff::commands {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A load of this rate on a server that stands `limit_rps`; void for `reason`, where there is one.
LoadResult made_up(double rate_rps, double window_s, double limit_rps, const std::string& reason = "") {
  LoadResult loaded;
  journal::Trial& row = loaded.row;
  journal::ClientRow& client = row.client.emplace();
  client.window_s = window_s;
  client.offered_rps = client.throughput_rps = rate_rps;
  client.latency_us["total"] = {.p99 = rate_rps <= limit_rps ? 3'000.0 : 9'000.0, .count = 100};
  if (!reason.empty()) row.validity = {{"latency", reason}};
  return loaded;
}

struct Searched {
  int status = 0;
  std::string output, errors;
};

Searched search(const LoadAtRate& load, const std::string& format = "terminal") {
  const SloCommand command{.subject = "http://host/", .slo = load::parse_slo("p99=5ms"), .format = format};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Searched searched;
  searched.status = find_slo_rate(command, load);
  searched.output = testing::internal::GetCapturedStdout();
  searched.errors = testing::internal::GetCapturedStderr();
  return searched;
}

TEST(SloCommand, FindsARateAndIsDone) {
  const Searched quiet = search([](double rate, double, double window_s) { return made_up(rate, window_s, 3'513); });
  EXPECT_EQ(quiet.status, kDone);
  EXPECT_THAT(quiet.output, HasSubstr("confirmed 3 times at full length"));
  EXPECT_THAT(quiet.output, Not(HasSubstr("void")));
  EXPECT_THAT(quiet.errors, HasSubstr("void steps are repeated and come on top"));
}

TEST(SloCommand, CountsTheVoidStepsOnTheWayToAnAnswer) {
  int n = 0;
  const LoadAtRate every_third = [&](double rate, double, double window_s) {
    return made_up(rate, window_s, 3'513, ++n % 3 == 0 ? "noisy" : "");
  };
  EXPECT_EQ(search(every_third).status, kDone);
  const auto json = nlohmann::json::parse(search(every_third, "json").output);
  EXPECT_TRUE(json.at("settled"));
  EXPECT_EQ(json.at("end"), "found");
  EXPECT_NEAR(json.at("last_pass_rps").get<double>(), 3'513, 110);
  EXPECT_GT(json.at("void_steps"), 5);
  EXPECT_EQ(json.at("void_reasons").at("noisy"), json.at("void_steps"));
}

TEST(SloCommand, HasNoValidNumberWhereMostStepsAreVoid) {
  int n = 0;
  const Searched noisy = search([&](double rate, double, double window_s) {
    return made_up(rate, window_s, 3'513, ++n % 9 == 0 ? "" : "noisy");
  });
  EXPECT_EQ(noisy.status, kNoValid);
  EXPECT_THAT(noisy.output, HasSubstr("  no answer   "));
  EXPECT_THAT(noisy.output, HasSubstr("steps were void"));
  EXPECT_THAT(noisy.output, HasSubstr(", estimated "));
  EXPECT_THAT(noisy.errors, HasSubstr("  void    p99 ~3 ms~, void: noisy\n"));
}

TEST(SloCommand, TellsASloThatNoRateMeetsFromAGeneratorThatIsTooLate) {
  EXPECT_EQ(search([](double rate, double, double window_s) { return made_up(rate, window_s, 0); }).status, kNotMet);
  const Searched full =
      search([](double rate, double, double window_s) { return made_up(rate, window_s, 0, "generator-bound"); });
  EXPECT_EQ(full.status, kNoValid);
}

TEST(SloCommand, SaysThatTheServerMayStandMoreWhereTheGeneratorDoesNot) {
  const Searched found = search([](double rate, double, double window_s) {
    return made_up(rate, window_s, 1e9, rate > 50'000 ? "generator-bound" : "");
  });
  EXPECT_EQ(found.status, kDone);
  EXPECT_THAT(found.output,
              HasSubstr("what broke  generator-bound\n              and not the server, which may stand"));
}

TEST(SloCommand, AVoidLoadAtAGivenRateIsNoValidNumber) {
  const load::Slo slo = load::parse_slo("p99=5ms");
  testing::internal::CaptureStdout();
  EXPECT_EQ(judge_load(made_up(100, 1, 50), slo, kDone, "terminal"), kNotMet);
  EXPECT_EQ(judge_load(made_up(100, 1, 200), slo, kDone, "terminal"), kDone);
  EXPECT_EQ(judge_load(made_up(100, 1, 50, "noisy"), slo, kDone, "terminal"), kNoValid);
  EXPECT_EQ(judge_load(made_up(100, 1, 200, "noisy"), slo, kDone, "terminal"), kNoValid);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), HasSubstr("p99 <= 5 ms cannot be told, void: noisy: p99 ~9 ms~"));
}

}  // namespace
}  // namespace bakeoff::commands

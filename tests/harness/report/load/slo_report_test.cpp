#include "harness/report/load/slo_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bakeoff::report::load {
namespace {

using testing::HasSubstr;
using testing::Not;

SloTrial trial(double rate_rps, double p99_us, bool confirms = false) {
  SloTrial made{{rate_rps, confirms}, confirms ? 10.0 : 2.0, {}, {}};
  made.row.trial_id = "load";
  made.row.client.emplace().latency_us["total"] = {.p99 = p99_us, .count = 100};
  made.verdict = bakeoff::load::judge_slo(made.row, bakeoff::load::parse_slo("p99=5ms"));
  return made;
}

/// Passes at 4000/s, fails at 4100/s.
SloReport found() {
  SloReport report{
      .subject = "http://host/", .slo = bakeoff::load::parse_slo("p99=5ms"), .estimated_s = 34.8, .elapsed_s = 111};
  report.trials = {trial(4000, 3000), trial(4100, 9000), trial(4000, 4900, true), trial(4000, 4000, true)};
  report.result = {.end = bakeoff::load::SloEnd::found, .last_pass_rps = 4000, .first_fail_rps = 4100, .broke = "p99"};
  report.result.confirmations = 2;
  report.result.steps = 4;
  return report;
}

TEST(SloReport, SaysOfEachStepItsRateAndWhatBroke) {
  EXPECT_EQ(slo_step_line(trial(4000, 3000)), "      4000/s     2 s  pass    p99 3 ms");
  EXPECT_EQ(slo_step_line(trial(4100, 9000, true)), "      4100/s    10 s  p99     p99 9 ms, repeat");
  SloTrial noisy = trial(4000, 3000);
  noisy.row.validity = {{"latency", "noisy"}};
  noisy.verdict = bakeoff::load::judge_slo(noisy.row, bakeoff::load::parse_slo("p99=5ms"));
  EXPECT_EQ(slo_step_line(noisy), "      4000/s     2 s  void    p99 ~3 ms~, void: noisy");
}

TEST(SloReport, SumsUpLastPassFirstFailAndWhatBroke) {
  EXPECT_EQ(slo_summary(found()),
            "http://host/ · open loop · p99 <= 5 ms\n"
            "  last pass   4000/s: p99 4.9 ms, confirmed 2 times at full length\n"
            "  first fail  4100/s: p99 9 ms\n"
            "  what broke  p99\n"
            "  steps       4\n"
            "  took        111 s, estimated 34.8 s\n");
}

/// As it was seen: 31 of 35 steps void, and 42/s held.
SloReport mostly_void() {
  SloReport report = found();
  report.trials = {trial(42, 3000), trial(84, 9000), trial(42, 3000, true)};
  report.trials[1].row.validity = {{"latency", "noisy"}};
  report.trials[1].verdict = bakeoff::load::judge_slo(report.trials[1].row, report.slo);
  report.result = {.end = bakeoff::load::SloEnd::void_steps, .last_pass_rps = 42};
  report.result.confirmations = 1;
  report.result.steps = 35;
  report.result.voids = {{"noisy", 19}, {"slipped", 12}};
  return report;
}

TEST(SloReport, SaysFirstThatThereIsNoAnswerWhereMostStepsWereVoid) {
  EXPECT_EQ(slo_summary(mostly_void()),
            "http://host/ · open loop · p99 <= 5 ms\n"
            "  no answer   31 of 35 steps were void (19 noisy, 12 slipped): what is left is too little to answer by; "
            "repeat on a quiet machine\n"
            "  what is known of it:\n"
            "  last pass   42/s: p99 3 ms, held 1 of 1 times at full length so far\n"
            "  first fail  none\n"
            "  steps       35\n"
            "  void        31 of them, which say nothing: 19 noisy, 12 slipped\n"
            "  took        111 s, estimated 34.8 s\n");
  const auto json = nlohmann::json::parse(slo_json(mostly_void()));
  EXPECT_EQ(json.at("settled"), false);
  EXPECT_EQ(json.at("end"), "too many void steps");
  EXPECT_EQ(json.at("void_steps"), 31);
  EXPECT_EQ(json.at("void_reasons").at("noisy"), 19);
  EXPECT_EQ(json.at("elapsed_s"), 111);
  EXPECT_EQ(json.at("estimated_s"), 34.8);
  EXPECT_EQ(json.at("steps")[1].at("void"), "noisy");
  EXPECT_EQ(json.at("steps")[1].at("met"), false);
  EXPECT_EQ(json.at("steps")[0].at("void"), "");
}

TEST(SloReport, SaysOfAFailThatVoidStepsAtItsRateAreNoneOfIt) {
  SloReport report = found();
  SloTrial noisy = trial(4100, 99'000);
  noisy.row.validity = {{"latency", "noisy"}};
  noisy.verdict = bakeoff::load::judge_slo(noisy.row, report.slo);
  report.trials.push_back(noisy);
  EXPECT_THAT(slo_summary(report), HasSubstr("first fail  4100/s: p99 9 ms\n"));
}

TEST(SloReport, SaysHowOftenALastPassFailedAtFullLength) {
  SloReport report = found();
  report.result.confirmations = 4;
  report.result.refutations = 1;
  EXPECT_THAT(slo_summary(report), HasSubstr("held 4 of 5 times at full length"));
}

TEST(SloReport, SaysWhenNoRateMeetsItAndWhenAllDo) {
  SloReport report = found();
  report.result = {.end = bakeoff::load::SloEnd::nowhere, .last_pass_rps = {}, .first_fail_rps = 10, .broke = "errors"};
  EXPECT_THAT(slo_summary(report), HasSubstr("not met at any rate"));
  report.result = {.end = bakeoff::load::SloEnd::found, .last_pass_rps = 1e7};
  EXPECT_THAT(slo_summary(report), HasSubstr("first fail  none\n"));
}

TEST(SloReport, SaysWhatIsUnfinishedAndThatTheGeneratorsLimitIsNotTheServers) {
  SloReport report = found();
  EXPECT_THAT(slo_summary(report), Not(HasSubstr("generator")));
  report.result.end = bakeoff::load::SloEnd::none;
  report.result.confirmations = 0;
  report.result.broke = "generator-bound";
  report.result.own_limit = true;
  const std::string text = slo_summary(report);
  EXPECT_THAT(text, HasSubstr("not confirmed"));
  EXPECT_THAT(text, HasSubstr("not finished"));
  EXPECT_THAT(text, HasSubstr("and not the server, which may stand more. The load generator was the limit"));
}

TEST(SloReport, ItsJsonHoldsTheResultAndEveryRow) {
  const auto json = nlohmann::json::parse(slo_json(found()));
  EXPECT_EQ(json.at("slo").at("limit_us"), 5000);
  EXPECT_EQ(json.at("last_pass_rps"), 4000);
  EXPECT_EQ(json.at("first_fail_rps"), 4100);
  EXPECT_EQ(json.at("broke"), "p99");
  EXPECT_EQ(json.at("confirmations"), 2);
  ASSERT_EQ(json.at("steps").size(), 4U);
  EXPECT_EQ(json.at("steps")[1].at("met"), false);
  EXPECT_EQ(json.at("steps")[1].at("trial").at("client").at("latency_us").at("total").at("p99"), 9000);
  SloReport none = found();
  none.result.last_pass_rps.reset();
  EXPECT_FALSE(nlohmann::json::parse(slo_json(none)).contains("last_pass_rps"));
}

}  // namespace
}  // namespace bakeoff::report::load

#include "harness/report/slo_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bakeoff {
namespace {

using testing::HasSubstr;
using testing::Not;

SloTrial trial(double rate_rps, double p99_us, bool confirms = false) {
  SloTrial made{{rate_rps, confirms}, confirms ? 10.0 : 2.0, {}, {}};
  made.row.trial_id = "load";
  made.row.client.emplace().latency_us["total"] = {.p99 = p99_us, .count = 100};
  made.verdict = judge_slo(made.row, parse_slo("p99=5ms"));
  return made;
}

/// Passes at 4000/s, fails at 4100/s.
SloReport found() {
  SloReport report{"http://host/", parse_slo("p99=5ms"), {}, {}};
  report.trials = {trial(4000, 3000), trial(4100, 9000), trial(4000, 4900, true), trial(4000, 4000, true)};
  report.result = {4000, 4100, "p99", 2, 4, true};
  return report;
}

TEST(SloReport, SaysOfEachStepItsRateAndWhatBroke) {
  EXPECT_EQ(slo_step_line(trial(4000, 3000)), "      4000/s     2 s  pass    p99 3 ms");
  EXPECT_EQ(slo_step_line(trial(4100, 9000, true)), "      4100/s    10 s  p99     p99 9 ms, repeat");
  SloTrial noisy = trial(4000, 3000);
  noisy.row.validity = {{"latency", "noisy"}};
  EXPECT_THAT(slo_step_line(noisy), HasSubstr("latency void: noisy"));
}

TEST(SloReport, SumsUpLastPassFirstFailAndWhatBroke) {
  EXPECT_EQ(slo_summary(found()),
            "http://host/ · open loop · p99 <= 5 ms\n"
            "  last pass   4000/s: p99 4.9 ms, confirmed 2 times at full length\n"
            "  first fail  4100/s: p99 9 ms\n"
            "  what broke  p99\n"
            "  steps       4\n");
}

TEST(SloReport, SaysWhenNoRateMeetsItAndWhenAllDo) {
  SloReport report = found();
  report.result = {std::nullopt, 10, "errors", 0, 7, true};
  EXPECT_THAT(slo_summary(report), HasSubstr("not met at any rate"));
  report.result = {1e7, std::nullopt, "", 3, 17, true};
  EXPECT_THAT(slo_summary(report), HasSubstr("first fail  none\n"));
}

TEST(SloReport, SaysWhatIsUnfinishedAndWhoseFaultSlipIs) {
  SloReport report = found();
  EXPECT_THAT(slo_summary(report), Not(HasSubstr("generator")));
  report.result.settled = false;
  report.result.confirmations = 0;
  report.result.broke = "slip";
  const std::string text = slo_summary(report);
  EXPECT_THAT(text, HasSubstr("not confirmed"));
  EXPECT_THAT(text, HasSubstr("not finished"));
  EXPECT_THAT(text, HasSubstr("the load generator and not the server"));
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
}  // namespace bakeoff

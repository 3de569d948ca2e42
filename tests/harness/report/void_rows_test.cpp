// A void figure is struck out wherever it is printed: what `job`, `probe` and `load` print of one row that is void for
// each metric and each reason.
#include <gmock/gmock.h>

#include "harness/report/job_summary.h"
#include "harness/report/load/series.h"
#include "harness/report/load/slo_report.h"
#include "harness/report/load/summary.h"
#include "tests/harness/fixtures/load_fixture.h"
#include "tests/harness/fixtures/void_marks.h"

namespace bakeoff::report {
namespace {

using testing::HasSubstr;

TEST(VoidFigures, OfOneJobAreStruckOutWithTheReasonBelow) {
  const auto row_of = [](const std::string& metric, const std::string& reason) {
    journal::Trial row = test::job_rows(journal::TrialKind::job)[1];
    if (!metric.empty()) row.validity[metric] = reason;
    return row;
  };
  const std::vector<test::Writer<journal::Trial>> writers{
      {"job", [](const journal::Trial& row) { return job_summary(row, {}); }, "~", "~"},
      {"job in colour", [](const journal::Trial& row) { return job_summary(row, {.colour = true}); }, test::kStrike,
       test::kEnd}};
  test::expect_marked<journal::Trial>(
      writers,
      {{"elapsed", {"456 ms", "43.2 us"}},
       {"cpu", {"234 ms", "5.67"}},
       {"everything", {"456 ms", "43.2 us", "234 ms", "5.67", "77.3 MiB", "the child read 6123"}}},
      row_of("", ""), row_of);
  EXPECT_THAT(job_summary(row_of("elapsed", "noisy"), {}), HasSubstr("\n  void: elapsed time: noisy. Other programs"));
  journal::Trial wrong = row_of("everything", "wrong-answers");
  wrong.job->answer_right = false;
  EXPECT_THAT(job_summary(wrong, {}), HasSubstr("WRONG"));
}

TEST(VoidFigures, OfOneProbeAreStruckOutWithTheReasonBelow) {
  const auto row_of = [](const std::string& metric, const std::string& reason) {
    journal::Trial row = test::job_rows(journal::TrialKind::probe)[1];
    if (!metric.empty()) row.validity[metric] = reason;
    return row;
  };
  const std::vector<test::Writer<journal::Trial>> writers{
      {"probe", [](const journal::Trial& row) { return probe_summary(row, "does it", {}); }, "~", "~"},
      {"probe in colour", [](const journal::Trial& row) { return probe_summary(row, "does it", {.colour = true}); },
       test::kStrike, test::kEnd}};
  test::expect_marked<journal::Trial>(
      writers, {{"cpu", {"43.2 us", "5.67"}}, {"everything", {"43.2 us", "5.67", "77.3 MiB"}}}, row_of("", ""), row_of);
  EXPECT_THAT(probe_summary(row_of("cpu", "noisy"), "does it", {}), HasSubstr("\n  void: CPU: noisy. "));
  journal::Trial nothing = row_of("", "");
  nothing.job.reset();
  EXPECT_EQ(probe_summary(nothing, "does it", {}), "");
}

/// A load with every part that its page can have.
test::MadeUpLoad whole_load() {
  test::MadeUpLoad load = test::open_load();
  load.row.validity.clear();
  journal::ClientRow& client = *load.row.client;
  client.fairness = journal::Fairness{.connections = 64,
                                      .worst_rps = 1'234,
                                      .best_rps = 1'789,
                                      .jain = 0.876,
                                      .p99_worst_us = 2'340,
                                      .p99_best_us = 1'980};
  client.ceiling_rps = 30'000;
  for (const auto& [name, factor] : {std::pair{"light", 1.0}, std::pair{"heavy", 10.0}}) {
    client.latency_us[name] = {
        .p50 = 4.71 * factor, .p90 = 5, .p99 = 6.78 * factor, .p999 = 7, .max = 8, .mean = 9, .count = 50};
  }
  return load;
}

TEST(VoidFigures, OfOneLoadAreStruckOutWhereverTheyStandOnItsPage) {
  const auto page = [](const TerminalStyle& style) {
    return [style](const test::MadeUpLoad& load) {
      return load::load_summary(load.row, load.latency, load.remarks, style);
    };
  };
  const std::vector<test::Writer<test::MadeUpLoad>> writers{
      {"load", page({}), "~", "~"},
      {"load at 120 columns", page({.width = 120}), "~", "~"},
      {"load at 72 columns", page({.width = 72}), "~", "~"},
      {"load in colour", page({.colour = true}), test::kStrike, test::kEnd},
      {"load in colour at 72 columns", page({.width = 72, .colour = true}), test::kStrike, test::kEnd}};
  const test::MadeUpLoad valid = whole_load();
  test::expect_marked<test::MadeUpLoad>(
      writers,
      {{"throughput", {"99.9 %", "1.23k", "1.79k", "0.876", "35.0 %"}},
       {"latency", {"85.2 us", "1.24 ms", "≤ 100 us", "4.71 us", "67.8 us", "2.34 ms", "40,365", "40.4 %"}},
       {"latency.p50", {"85.2 us", "4.71 us", "47.1 us"}},
       {"latency.p99", {"1.24 ms", "6.78 us", "2.34 ms", "1.98 ms"}},
       {"cpu_per_request", {"31.4 us", "33 %"}},
       {"everything", {"31.4 us", "33 %", "12.1 MiB", "57.1 us", "99.9 %", "85.2 us", "40,365"}}},
      valid, [&](const std::string& metric, const std::string& reason) {
        test::MadeUpLoad load = valid;
        load.row.validity[metric] = reason;
        return load;
      });
}

TEST(VoidFigures, OfASearchedRateAreStruckOutInTheLineOfTheStep) {
  const bakeoff::load::Slo slo = bakeoff::load::parse_slo("p99=5ms");
  for (const double p99_us : {3'210.0, 9'870.0}) {
    for (const std::string& reason : test::kReasons) {
      load::SloTrial trial{{4000, false}, 2, {}, {}};
      trial.row.client.emplace().latency_us["total"] = {.p99 = p99_us, .count = 100};
      trial.row.validity = {{"latency", reason}};
      trial.verdict = bakeoff::load::judge_slo(trial.row, slo);
      load::SloReport report{.subject = "http://host/", .slo = slo};
      report.result.last_pass_rps = 4000;
      report.trials = {trial};
      const std::string figure = bakeoff::load::time_text(p99_us);
      for (const std::string& text : {load::slo_step_line(trial), load::slo_summary(report)}) {
        EXPECT_EQ(test::occurrences_of(text, figure, "~", "~").unmarked, 0U) << reason << "\n" << text;
      }
      EXPECT_EQ(test::occurrences_of(load::slo_step_line(trial), figure, "~", "~").all, 1U);
    }
  }
}

TEST(VoidFigures, OfASeriesAreNamedInItsLastLine) {
  for (const std::string& reason : test::kReasons) {
    journal::Trial row;
    EXPECT_EQ(load::series_void_line(row), "");
    row.validity = {{"latency", reason}};
    EXPECT_EQ(load::series_void_line(row), "{\"void\":{\"latency\":\"" + reason + "\"}}");
  }
}

}  // namespace
}  // namespace bakeoff::report

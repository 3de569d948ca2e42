#include "harness/report/load/summary.h"

#include <gmock/gmock.h>

#include "harness/report/number_format.h"
#include "harness/report/text_layout.h"
#include "harness/validity/validity.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/load_fixture.h"

namespace bakeoff::report::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string summary(const test::MadeUpLoad& load, const TerminalStyle& style = {}) {
  return load_summary(load.row, load.latency, load.remarks, style);
}

std::string line_with(const std::string& text, const std::string& part) {
  const auto at = text.find(part);
  if (at == text.npos) return "";
  const auto begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

TEST(LoadSummary, OfAGoodLoadAtEightyColumns) {
  test::expect_golden("load-good-80.txt", summary(test::good_load(), {.width = 80}));
}
TEST(LoadSummary, OfAnOpenLoadAtAHundredAndTwentyColumns) {
  test::expect_golden("load-open-120.txt", summary(test::open_load(), {.width = 120}));
}
TEST(LoadSummary, OfAnOpenLoadInColour) {
  test::expect_golden("load-open-colour.txt", summary(test::open_load(), {.width = 100, .colour = true}));
}
TEST(LoadSummary, OfATroubledLoadAtEightyColumns) {
  test::expect_golden("load-troubled-80.txt", summary(test::troubled_load(), {.width = 80}));
}
TEST(LoadSummary, OfALoadThatNobodyAnswered) {
  test::expect_golden("load-unanswered.txt", summary(test::unanswered_load()));
}

TEST(LoadSummary, OfAUnixSocketNamesItAndSaysWhereTheServersCostIsNotKnown) {
  test::MadeUpLoad load = test::good_load();
  load.row.params.transport = journal::Transport::unix_socket;
  EXPECT_THAT(summary(load), HasSubstr("closed loop, over a Unix socket · "));
  EXPECT_THAT(line_with(summary(load), "  server "), HasSubstr("what it costs is not known"));
  load.remarks.server = "redis-server";
  EXPECT_THAT(line_with(summary(load), "  server "), HasSubstr("redis-server"));
}

TEST(LoadSummary, NamesAQuotaThatHeldUpASide) {
  test::MadeUpLoad load = test::good_load();
  load.row.subject_quota = measure::CpuQuota{.cpus = 2, .periods = 63, .throttled_periods = 0, .throttled_us = 0};
  load.row.load_quota =
      measure::CpuQuota{.cpus = 0.4, .periods = 63, .throttled_periods = 62, .throttled_us = 3'700'000};
  EXPECT_THAT(line_with(summary(load), "quota"),
              HasSubstr("0.4 CPUs for the load: held up in 62 of 63 periods, for 3.7"));
  EXPECT_THAT(summary(load), Not(HasSubstr("for the server")));
}

TEST(LoadSummary, NoLineIsWiderThanTheTerminal) {
  for (const auto& load : {test::good_load(), test::open_load(), test::troubled_load(), test::unanswered_load()}) {
    for (const std::size_t width : {60u, 80u, 100u, 120u}) {
      const std::string text = summary(load, {.width = width});
      for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
        EXPECT_LE(display_width(rest.substr(0, rest.find('\n'))), width) << rest.substr(0, rest.find('\n'));
      }
    }
  }
}

TEST(LoadSummary, ColourAddsNothingButEscapesAndTakesTheMarksAway) {
  std::string coloured = summary(test::good_load(), {.width = 100, .colour = true});
  for (auto at = coloured.find('\x1b'); at != coloured.npos; at = coloured.find('\x1b')) {
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  }
  EXPECT_EQ(coloured, summary(test::good_load(), {.width = 100}));
  EXPECT_THAT(summary(test::open_load(), {.colour = true}), AllOf(HasSubstr("\x1b[2;9m"), Not(HasSubstr("~"))));
}

TEST(LoadSummary, APercentileThatSlippedIsStruckOutAloneAndItsPartsAreNot) {
  const std::string text = summary(test::open_load());
  EXPECT_THAT(line_with(text, "  total"), AllOf(HasSubstr("~33.0 ms~"), Not(HasSubstr("~85"))));
  EXPECT_THAT(line_with(text, "  service"), Not(HasSubstr("~")));
  EXPECT_THAT(text, HasSubstr(validity::advice(validity::reason::kSlipped).substr(0, 40)));
}

TEST(LoadSummary, EveryErrorIsCountedWithItsHint) {
  const test::MadeUpLoad load = test::troubled_load();
  const std::string text = summary(load);
  for (std::size_t i = 0; i < load.row.client->errors.size(); ++i) {
    const journal::ErrorCount& error = load.row.client->errors[i];
    EXPECT_THAT(text, HasSubstr(format_count(error.count) + " x " + error.phase));
    EXPECT_THAT(text, HasSubstr(load.remarks.hints[i]));
  }
}

TEST(LoadSummary, WrongAnswersStrikeOutEverything) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->wrong_answers = 3;
  load.row.outcome = journal::Outcome::ok;
  validity::judge(load.row);
  const std::string text = summary(load);
  EXPECT_THAT(line_with(text, "throughput"), AllOf(HasSubstr("~102k~"), Not(HasSubstr("all checked"))));
  EXPECT_THAT(line_with(text, "  total"), HasSubstr("~621 us~"));
  EXPECT_THAT(text, AllOf(HasSubstr("3 x wrong answer"), HasSubstr("wrong-answers")));
}

TEST(LoadSummary, OneReplyIsOneReply) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->requests = load.row.client->replies_ok = 1;
  load.row.client->throughput_rps = 0.1;
  stats::Histogram histogram;
  histogram.record(1'500'000);
  load.latency["total"] = histogram;
  load.row.client->latency_us["total"] = histogram.summary_us();
  EXPECT_THAT(summary(load), AllOf(HasSubstr("1 reply, all checked"), HasSubstr("1.50 ms")));
}

TEST(LoadSummary, RepliesThatWereNotComparedAreNotCalledChecked) {
  test::MadeUpLoad load = test::good_load();
  load.remarks.checked = false;
  EXPECT_THAT(summary(load), AllOf(HasSubstr("unchecked"), Not(HasSubstr("all checked"))));
}

TEST(LoadSummary, AnExactCounterSaysSoAndALostIncrementIsNamed) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->counter = journal::CounterCheck{.initial = 5, .final = 1'005, .acknowledged = 1'000};
  EXPECT_THAT(line_with(summary(load), "counter"), HasSubstr("exact"));
  load.row.client->counter->surplus = 7;
  EXPECT_THAT(line_with(summary(load), "counter"), AllOf(HasSubstr("7 by another client"), HasSubstr("exact")));
  load.row.client->counter->lost = 2;
  EXPECT_THAT(line_with(summary(load), "counter"), AllOf(HasSubstr("2 lost"), Not(HasSubstr("exact"))));
}

TEST(LoadSummary, WhatIsNotKnownHasNoLine) {
  test::MadeUpLoad load = test::good_load();
  load.row.subject_cost.reset();
  load.row.client->fairness.reset();
  load.row.client->ceiling_rps.reset();
  EXPECT_THAT(summary(load),
              AllOf(Not(HasSubstr("other CPUs")), Not(HasSubstr("fairness")), Not(HasSubstr("ceiling"))));
}

TEST(LoadSummary, NobodyServedIsNoQuestionOfFairness) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->fairness = journal::Fairness{.connections = 64, .p99_worst_us = {}, .p99_best_us = {}};
  EXPECT_THAT(summary(load), Not(HasSubstr("fairness")));
}

TEST(LoadSummary, ManyGeneratorCpusAreSummedUp) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->generators.clear();
  for (int cpu = 0; cpu < 32; ++cpu) {
    load.row.client->generators.push_back({.cpu = cpu, .cpu_share = 0.02 * cpu, .cpu_us = 1e5});
  }
  EXPECT_THAT(line_with(summary(load), "generator"), HasSubstr("32 CPUs, 0 to 62 % busy, most of all CPU 31"));
}

TEST(LoadSummary, ThreadsThatShareACpuAreAsBusyAsItIs) {
  test::MadeUpLoad load = test::good_load();
  load.row.client->generators.assign(16, {.cpu = 1, .cpu_share = 0.06, .cpu_us = 6e5});
  EXPECT_THAT(line_with(summary(load), "generator"), HasSubstr("busy 96 % on CPU 1 in 16 threads"));
}

TEST(LoadInWords, SaysHowRequestsArrive) {
  journal::Params params;
  EXPECT_EQ(load_in_words(params), "closed loop");
  params.load.pipeline = 4;
  EXPECT_EQ(load_in_words(params), "closed loop, pipeline 4");
  params.load.rate_rps = 5'000;
  EXPECT_EQ(load_in_words(params), "5,000/s, constant, pipeline 4");
  params.load.pipeline = 1;
  params.load.poisson = true;
  params.load.rate_rps = 0.5;
  EXPECT_EQ(load_in_words(params), "0.5/s, Poisson");
  params.load.rate_rps = 1'000;
  params.load.ramp_to_rps = 20'000;
  EXPECT_EQ(load_in_words(params), "ramp 1,000/s to 20,000/s, Poisson");
}

TEST(Units, HaveThreeDigitsAndTheUnitInWhichTheyAreRead) {
  EXPECT_EQ(format_latency(0), "0 us");
  EXPECT_EQ(format_latency(0.312), "0.312 us");
  EXPECT_EQ(format_latency(999.4), "999 us");
  EXPECT_EQ(format_latency(999.6), "1.00 ms");
  EXPECT_EQ(format_latency(1'234'567), "1.23 s");
  EXPECT_EQ(format_latency(999'600), "1.00 s");
  EXPECT_EQ(format_latency(100e6), "100 s");
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1'000), "1,000");
  EXPECT_EQ(format_count(12'345'678), "12,345,678");
  EXPECT_EQ(format_share(0), "0 %");
  EXPECT_EQ(format_share(1e-7), "<0.01 %");
  EXPECT_EQ(format_share(0.00034), "0.03 %");
  EXPECT_EQ(format_share(0.12345), "12.3 %");
  EXPECT_EQ(format_share(1), "100 %");
  EXPECT_EQ(format_rate(512.3), "512");
  EXPECT_EQ(format_rate(1.25), "1.25");
  EXPECT_EQ(format_rate(102'034), "102k");
  EXPECT_EQ(format_seconds(0.25), "250 ms");
  EXPECT_EQ(format_seconds(10), "10 s");
  EXPECT_EQ(format_seconds(5.68675), "5.69 s");
  EXPECT_EQ(format_seconds(86'400), "86400 s");
}

}  // namespace
}  // namespace bakeoff::report::load

#include "harness/load/slo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/input/input_error.h"

namespace bakeoff::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ParseSlo, ReadsEachFigureAndUnit) {
  const Slo slo = parse_slo("p99=5ms");
  EXPECT_EQ(slo.figure, "p99");
  EXPECT_EQ(slo.value, &stats::LatencySummary::p99);
  EXPECT_EQ(slo.limit_us, 5000);
  EXPECT_EQ(parse_slo("p50=250us").limit_us, 250);
  EXPECT_EQ(parse_slo("p90=1.5s").limit_us, 1.5e6);
  EXPECT_EQ(parse_slo("p99.9=1s").value, &stats::LatencySummary::p999);
  EXPECT_EQ(parse_slo("max=1s").value, &stats::LatencySummary::max);
  EXPECT_EQ(parse_slo("mean=1s").value, &stats::LatencySummary::mean);
  EXPECT_EQ(to_text(slo), "p99 <= 5 ms");
}

TEST(ParseSlo, TakesAnyPercentileWithTheValidityOfTheNextHigherOneThatRowsHave) {
  const Slo slo = parse_slo("p95=5ms");
  EXPECT_EQ(slo.figure, "p95");
  EXPECT_EQ(slo.value, nullptr);
  EXPECT_DOUBLE_EQ(slo.quantile, 0.95);
  EXPECT_EQ(slo.metric, "latency.p99");
  EXPECT_EQ(parse_slo("p50.5=5ms").metric, "latency.p90");
  EXPECT_EQ(parse_slo("p1=5ms").metric, "latency.p50");
  EXPECT_EQ(parse_slo("p99.5=5ms").metric, "latency.p999");
  EXPECT_EQ(parse_slo("p99.99=5ms").metric, "latency.p999") << "rows have none above";
  EXPECT_EQ(parse_slo("p99.90=5ms").figure, "p99.9");
  EXPECT_EQ(parse_slo("p99.90=5ms").value, &stats::LatencySummary::p999);
  EXPECT_EQ(parse_slo("p099=5ms").value, &stats::LatencySummary::p99);
}

TEST(ParseSlo, SendsWhoAsksForTheLastPercentileToMax) {
  for (const char* text : {"p0=5ms", "p100=5ms", "p101=5ms", "p-1=5ms", "pnan=5ms"}) {
    try {
      parse_slo(text);
      ADD_FAILURE() << text;
    } catch (const input::InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("not above 0 and below 100 (the longest latency is max)")) << text;
    }
  }
}

TEST(ParseSlo, RefusesAnythingElseInOneLineThatSaysWhatIsExpected) {
  for (const std::string text :
       {"", "p99", "p99=", "p99=5", "p99=ms", "p99=5m", "p99=5 ms", "p=5ms", "p99x=5ms", "median=5ms", "P99=5ms",
        "p99=0ms", "p99=-1ms", "p99=nanms", "p99=infs", "p99=2e9s", "=5ms", "5ms", "p99<5ms"}) {
    try {
      parse_slo(text);
      ADD_FAILURE() << text;
    } catch (const input::InputError& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr("found \"" + text + "\""), HasSubstr("expected a limit like p99=5ms")));
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(RateText, HasNoExponent) {
  EXPECT_EQ(rate_text(1234567), "1234567/s");
  EXPECT_EQ(rate_text(12.345), "12.3/s");
}

TEST(TimeText, TakesTheUnitThatSuits) {
  EXPECT_EQ(time_text(950), "950 us");
  EXPECT_EQ(time_text(1250), "1.25 ms");
  EXPECT_EQ(time_text(999.6), "1 ms");
  EXPECT_EQ(time_text(2.5e6), "2.5 s");
}

/// An open load of 1000 requests/s for a second that meets p99=5ms.
journal::Trial good_row() {
  journal::Trial row;
  journal::ClientRow client;
  client.replies_ok = 1000;
  client.window_s = 1;
  client.throughput_rps = 1000;
  client.offered_rps = 1000;
  client.mean_outstanding = 2;
  client.latency_us["total"] = {
      .p50 = 1000, .p90 = 3000, .p99 = 5000, .p999 = 6000, .max = 7000, .mean = 2000, .count = 1000};
  client.latency_us["slip"] = {.p50 = 10, .p90 = 20, .p99 = 50, .p999 = 100, .max = 200, .mean = 15, .count = 1000};
  row.client = client;
  return row;
}

const Slo kSlo = parse_slo("p99=5ms");

TEST(JudgeSlo, MeetsALimitThatIsReachedAndNotPassed) {
  journal::Trial row = good_row();
  EXPECT_TRUE(judge_slo(row, kSlo).met());
  EXPECT_EQ(judge_slo(row, kSlo).words, "p99 5 ms");
  row.client->latency_us["total"].p99 = 5001;
  EXPECT_EQ(judge_slo(row, kSlo).broke, "p99");
  EXPECT_TRUE(judge_slo(row, parse_slo("p90=3ms")).met());
  EXPECT_EQ(judge_slo(row, parse_slo("max=6.9ms")).broke, "max");
  row.client->latency_us["total"].p99 = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(judge_slo(row, kSlo).broke, "p99");
}

TEST(JudgeSlo, APercentileThatTheRowLacksIsReadFromTheHistogram) {
  const journal::Trial row = good_row();
  std::map<std::string, stats::Histogram> latency;
  latency["total"].record(1'000'000, 9'995);
  latency["total"].record(20'000'000, 5);
  EXPECT_TRUE(judge_slo(row, parse_slo("p95=5ms"), latency).met());
  EXPECT_TRUE(judge_slo(row, parse_slo("p99.95=5ms"), latency).met());
  const SloVerdict late = judge_slo(row, parse_slo("p99.96=5ms"), latency);
  EXPECT_EQ(late.broke, "p99.96");
  EXPECT_NEAR(late.figure_us.value(), 20'000, 160);
  latency["slip"].record(10'000, 9'000);
  latency["slip"].record(19'000'000, 1'000);
  EXPECT_EQ(judge_slo(row, parse_slo("p99.96=5ms"), latency).void_reason, "slipped");
}

TEST(JudgeSlo, AnyErrorBreaksItAndIsNamedBeforeTheRest) {
  journal::Trial row = good_row();
  row.client->latency_us["total"].p99 = 9000;
  row.client->errors = {{"read", "ECONNRESET", 2}};
  row.client->wrong_answers = 1;
  const SloVerdict verdict = judge_slo(row, kSlo);
  EXPECT_EQ(verdict.broke, "errors");
  EXPECT_EQ(verdict.words, "p99 9 ms, 3 errors");
  row = good_row();
  row.client->unfinished = 1;
  EXPECT_EQ(judge_slo(row, kSlo).broke, "errors");
  row.client->errors = {{"late", "", 3}, {"timeout", "", 1}, {"shed", "", 4}};
  EXPECT_EQ(judge_slo(row, kSlo).words, "p99 5 ms, 8 errors");
  row.client->latency_us["total"].p99 = 9000;
  EXPECT_EQ(judge_slo(row, kSlo).broke, "p99") << "requests that came too late are the latency's own";
}

TEST(JudgeSlo, ALateFigureThatIsMostlyOurOwnDelaySaysNothing) {
  journal::Trial row = good_row();
  row.client->latency_us["total"].p99 = 8000;
  row.client->latency_us["slip"].p99 = 2000;
  EXPECT_EQ(judge_slo(row, kSlo).broke, "p99") << "a quarter is not above a quarter";
  row.client->latency_us["slip"].p99 = 2001;
  SloVerdict verdict = judge_slo(row, kSlo);
  EXPECT_EQ(verdict.broke, "");
  EXPECT_EQ(verdict.void_reason, "slipped");
  EXPECT_FALSE(verdict.met());
  EXPECT_EQ(verdict.words, "p99 ~8 ms~, of it 2 ms our own slip");
  EXPECT_FALSE(verdict.own_limit) << "a few requests were late: something was on the generator's CPU";
  row.client->latency_us["slip"].p50 = 600;
  EXPECT_TRUE(judge_slo(row, kSlo).own_limit) << "every other request was late: it is full";
  row.client->latency_us["total"].p99 = 5000;
  row.validity = {{"latency.p99", "slipped"}};
  verdict = judge_slo(row, kSlo);
  EXPECT_TRUE(verdict.met()) << "with our delay in it, it was still below the limit";
  EXPECT_EQ(verdict.words, "p99 ~5 ms~") << "and is no figure of the server's";
}

TEST(JudgeSlo, AVoidLoadIsNeitherAPassNorAFail) {
  for (const double p99_us : {3000.0, 9000.0}) {
    for (const char* reason : {"noisy", "littles-law", "generator-bound", "paused", "throttled", "receipt-mismatch"}) {
      journal::Trial row = good_row();
      row.client->latency_us["total"].p99 = p99_us;
      row.validity = {{reason == std::string("receipt-mismatch") ? "everything" : "latency", reason}};
      const SloVerdict verdict = judge_slo(row, kSlo);
      EXPECT_EQ(verdict.void_reason, reason);
      EXPECT_EQ(verdict.broke, "") << reason;
      EXPECT_FALSE(verdict.met()) << reason;
      EXPECT_THAT(verdict.words, HasSubstr("p99 ~")) << reason;
    }
  }
}

TEST(JudgeSlo, OnlyAVoidFigureVoidsTheLoad) {
  journal::Trial row = good_row();
  row.validity = {{"throughput", "noisy"}, {"cpu_per_request", "noisy"}, {"latency.p999", "slipped"}};
  EXPECT_TRUE(judge_slo(row, kSlo).met());
  EXPECT_EQ(judge_slo(row, kSlo).words, "p99 5 ms");
}

TEST(JudgeSlo, WhatComesWithTheRateIsTheGeneratorsOwnLimitAndNoiseIsNot) {
  const auto own_limit = [](const char* reason) {
    journal::Trial row = good_row();
    row.validity = {{"latency", reason}};
    return judge_slo(row, kSlo).own_limit;
  };
  for (const char* reason : {"generator-bound", "paused", "throttled"}) EXPECT_TRUE(own_limit(reason)) << reason;
  for (const char* reason : {"noisy", "littles-law"}) EXPECT_FALSE(own_limit(reason)) << reason;
}

TEST(JudgeSlo, AServerThatIsIdleAndDoesNotDeliverHasBrokenItAllTheSame) {
  journal::Trial row = good_row();
  row.client->latency_us["total"].p99 = 9000;
  row.validity = {{"latency", "underdelivered"}};
  EXPECT_EQ(judge_slo(row, kSlo).broke, "p99") << "one that waits for its back end uses no CPU";
}

TEST(JudgeSlo, NoNoiseExcusesAnError) {
  journal::Trial row = good_row();
  row.client->errors = {{"read", "ECONNRESET", 2}};
  row.validity = {{"latency", "noisy"}};
  EXPECT_EQ(judge_slo(row, kSlo).broke, "errors");
  row.client->errors = {{"timeout", "", 2}};
  EXPECT_EQ(judge_slo(row, kSlo).void_reason, "noisy") << "a request that came too late is what noise looks like";
  row.client->errors = {{"connect", "EADDRNOTAVAIL", 2}};
  row.validity = {{"latency", "paused"}};
  EXPECT_EQ(judge_slo(row, kSlo).void_reason, "paused") << "no port was free here";
  row.client->errors = {{"connect", "ECONNREFUSED", 2}};
  EXPECT_EQ(judge_slo(row, kSlo).broke, "errors") << "the pauses are those behind a server that refuses";
}

TEST(JudgeSlo, ARateThatIsNotDeliveredBreaksIt) {
  journal::Trial row = good_row();
  row.client->mean_outstanding.reset();
  row.client->throughput_rps = 990;
  EXPECT_TRUE(judge_slo(row, kSlo).met());
  row.client->throughput_rps = 989;
  const SloVerdict verdict = judge_slo(row, kSlo);
  EXPECT_EQ(verdict.broke, "rate");
  EXPECT_EQ(verdict.words, "p99 5 ms, 989/s of 1000/s");
  row.validity = {{"throughput", "noisy"}};
  EXPECT_EQ(judge_slo(row, kSlo).words, "p99 5 ms, ~989/s~ of 1000/s");
}

TEST(JudgeSlo, RequestsThatAreStillOnTheirWayInTimeAreNotMissing) {
  journal::Trial row = good_row();
  const Slo slow = parse_slo("p99=100ms");
  row.client->mean_outstanding = 60;
  row.client->throughput_rps = 940;
  EXPECT_TRUE(judge_slo(row, slow).met()) << "60 of 1000 were on the way at the end";
  row.client->throughput_rps = 929;
  EXPECT_EQ(judge_slo(row, slow).broke, "rate");
  row.client->mean_outstanding = 600;
  EXPECT_EQ(judge_slo(row, slow).met(), true);
  row.client->throughput_rps = 880;
  EXPECT_EQ(judge_slo(row, slow).broke, "rate") << "at most 100 of them can meet 100 ms";
}

TEST(JudgeSlo, NoReplyAtAllIsNoPass) {
  EXPECT_EQ(judge_slo(journal::Trial{}, kSlo).broke, "errors");
  journal::Trial row = good_row();
  row.client->latency_us["total"] = {};
  EXPECT_EQ(judge_slo(row, kSlo).broke, "errors");
}

}  // namespace
}  // namespace bakeoff::load

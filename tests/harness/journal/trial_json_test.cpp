#include "harness/journal/trial_json.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/harness/fixtures/full_row.h"

namespace bakeoff::journal {
namespace {

using testing::HasSubstr;

TEST(TrialJson, AFullRowComesBackAsItWas) {
  const Trial trial = test::full_row();
  const std::string line = trial_to_json(trial);
  const Trial back = trial_from_json(line);
  EXPECT_EQ(trial_to_json(back), line);
  // What the text does not prove: that both directions have the field at all.
  EXPECT_EQ(back.seed, trial.seed);
  EXPECT_EQ(back.params.load.request, "/id/{k}");
  EXPECT_EQ(back.params.job_size, 77u);
  EXPECT_EQ(back.client->generators.size(), 2u);
  EXPECT_EQ(back.client->generators[0].cpu_us, 250'000.5);
  EXPECT_EQ(back.client->window_s, 1.0000123);
  EXPECT_EQ(back.client->latency_us.at("slip").p999, 0.4);
  EXPECT_EQ(back.client->errors[0].code, "ECONNRESET");
  EXPECT_EQ(back.client->events, trial.client->events);
  EXPECT_EQ(back.subject_cost->cpu_us, 1e5 / 3);
  EXPECT_EQ(back.subject_cost->stop_ms, 19.5);
  EXPECT_EQ(back.job->answer, UINT64_MAX);
  EXPECT_EQ(back.params.queue->acknowledge, "before");
  EXPECT_EQ(back.queue->put_back, 4u);
  EXPECT_EQ(back.queue->queue_cpu_us_per_job, 47.25);
  EXPECT_EQ(back.queue->latency_us.at("queue").p99, 3.5);
  EXPECT_EQ(back.server_receipt->final_counter, INT64_MIN);
  EXPECT_EQ(back.client_receipt->increments_acknowledged, 34);
  EXPECT_EQ(back.steal_share, 0.0);
  EXPECT_EQ(back.outcome, Outcome::starved);
  EXPECT_EQ(back.validity, trial.validity);
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

TEST(TrialJson, AnEmptyRowHasNothingThatIsUnknown) {
  Trial trial;
  trial.trial_id = "x";
  const std::string line = trial_to_json(trial);
  EXPECT_EQ(
      line,
      R"({"schema":2,"trial_id":"x","attempt":1,"block":0,"order":0,"params":{"load":"closed"},"seed":0,"outcome":"ok"})");
  const Trial back = trial_from_json(line);
  EXPECT_FALSE(back.client);
  EXPECT_FALSE(back.steal_share);
  EXPECT_EQ(back.params.load.connections, 0u);
  EXPECT_EQ(trial_to_json(back), line);
}

TEST(TrialJson, ZeroIsWrittenAndUnknownIsNot) {
  Trial trial;
  trial.trial_id = "x";
  trial.steal_share = 0;
  EXPECT_THAT(trial_to_json(trial), HasSubstr("\"steal_share\":0.0"));
  EXPECT_THAT(trial_to_json(trial), testing::Not(HasSubstr("foreign_cpu_share")));
}

TEST(TrialJson, ANumberThatIsNoneIsLeftOut) {
  Trial trial = test::full_row();
  trial.slices.clear();
  trial.client->throughput_rps = std::nan("");
  trial.subject_cost->cpu_us = std::numeric_limits<double>::infinity();
  const std::string line = trial_to_json(trial);
  EXPECT_THAT(line, testing::Not(HasSubstr("null")));
  EXPECT_THAT(line, testing::Not(HasSubstr("throughput_rps")));
  EXPECT_FALSE(trial_from_json(line).subject_cost->cpu_us);
}

TEST(TrialJson, EveryOutcomeHasAName) {
  for (const Outcome outcome : {Outcome::ok, Outcome::errors, Outcome::overloaded, Outcome::starved, Outcome::limit,
                                Outcome::died, Outcome::not_run}) {
    Trial trial;
    trial.trial_id = "x";
    trial.outcome = outcome;
    EXPECT_EQ(trial_from_json(trial_to_json(trial)).outcome, outcome);
  }
}

TEST(TrialJson, BytesThatAreNoTextAreReplaced) {
  Trial trial;
  trial.trial_id = "x";
  trial.outcome_detail = "caf\xE9";
  EXPECT_EQ(trial_from_json(trial_to_json(trial)).outcome_detail, "caf\xEF\xBF\xBD");
}

TEST(TrialJson, AServersOwnCounterMayBeNegative) {
  Trial trial = test::full_row();
  trial.client->counter = CounterCheck{.initial = -7, .final = -5};
  trial.server_receipt->final_counter = -5;
  trial.client_receipt->increments_acknowledged = -1;
  const Trial back = trial_from_json(trial_to_json(trial));
  EXPECT_EQ(back.client->counter->initial, -7);
  EXPECT_EQ(back.server_receipt->final_counter, -5);
  EXPECT_EQ(back.client_receipt->increments_acknowledged, -1);
}

TEST(TrialJson, TheOrderOfTheFieldsDoesNotMatter) {
  const Trial back = trial_from_json(
      R"({"steal_share":0.5,"client":{"window_s":2,"requests":3,"later":1,"warmup_s":1},"trial_id":"x","schema":1})");
  EXPECT_EQ(back.trial_id, "x");
  EXPECT_EQ(back.steal_share, 0.5);
  EXPECT_EQ(back.client->requests, 3u);
  EXPECT_EQ(back.client->warmup_s, 1);
  EXPECT_EQ(back.client->window_s, 2);
}

TEST(TrialJson, FieldsOfALaterVersionAreLetBe) {
  EXPECT_EQ(trial_from_json(R"({"schema":1,"trial_id":"x","news":{"a":1}})").trial_id, "x");
}

struct BadRow {
  std::string line, message;
};

TEST(TrialJson, SaysWhatIsWrong) {
  const std::vector<BadRow> rows{
      {"", "not JSON"},
      {R"({"schema":1,)", "not JSON"},
      {"[1]", "found array, expected an object"},
      {"{}", "schema: missing, expected 1 to 2"},
      {R"({"schema":3,"trial_id":"x"})",
       "schema: found 3, expected 1 to 2: written by a newer bakeoff than this one reads"},
      {R"({"schema":0,"trial_id":"x"})",
       "schema: found 0, expected 1 to 2: written by an older bakeoff than this one reads"},
      {R"({"schema":1,"trial_id":"NaN","steal_share":NaN})",
       "not JSON: found NaN, expected a number, or no field where the number is unknown"},
      {R"({"schema":1,"trial_id":"x","steal_share":-Infinity})",
       "not JSON: found Infinity, expected a number, or no field where the number is unknown"},
      {R"({"schema":1,"trial_id":"x \"NaN\"",})", "not JSON"},
      {R"({"schema":1,"trial_id":"x","steal_share":1e999})", "not JSON"},
      {R"({"schema":1,"trial_id":"x","steal_share":-0.5})", "steal_share: found -0.5, expected 0 or more"},
      {R"({"schema":1,"trial_id":"x","block":-1})", "block: found -1, expected a whole number from 0 to 2147483647"},
      {R"({"schema":1,"trial_id":"x","client":{"generators":[{},{"cpu_us":-1}]}})",
       "client.generators[1].cpu_us: found -1, expected 0 or more"},
      {R"({"schema":1,"trial_id":"x","client":{"latency_us":{"total":{"p99":-3}}}})",
       "client.latency_us.total.p99: found -3, expected 0 or more"},
      {R"({"schema":"1","trial_id":"x"})", "schema: found \"1\", expected 1 to 2"},
      {R"({"schema":1})", "trial_id: missing, so that this is no row"},
      {R"({"schema":1,"trial_id":5})", "trial_id: found number, expected a text"},
      {R"({"schema":1,"trial_id":"x","block":"a"})", "block: found string, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","block":1.5})", "block: found number, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","seed":-1})",
       "seed: found -1, expected a whole number from 0 to 18446744073709551615"},
      {R"({"schema":1,"trial_id":"x","outcome":"great"})",
       "outcome: found \"great\", expected one of the outcomes of this version"},
      {R"({"schema":1,"trial_id":"x","client":{"errors":[{"count":"many"}]}})",
       "client.errors[0].count: found string, expected a whole number"},
      {R"({"schema":1,"trial_id":"x","client":{"latency_us":{"total":3}}})",
       "client.latency_us.total: found number, expected an object"}};
  for (const BadRow& bad : rows) {
    try {
      trial_from_json(bad.line);
      ADD_FAILURE() << bad.line;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(error.what(), bad.message) << bad.line;
    }
  }
}

}  // namespace
}  // namespace bakeoff::journal

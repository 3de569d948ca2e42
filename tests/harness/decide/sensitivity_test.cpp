#include "harness/decide/sensitivity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/decide/drift.h"
#include "tests/harness/fixtures/decide_rows.h"

namespace bakeoff::decide {
namespace {

using test::decide_rows;
using testing::HasSubstr;

Profile waiting() {
  Profile profile;
  profile.mix = parse_mix("mix", "wait:5ms@70,light@30");
  profile.rate_rps = 1000;
  profile.slo = load::parse_slo("p99=20ms");
  return profile;
}

const std::vector<std::string> kBoth{"loop", "threads"};

Verdict decided() {
  return assess(decide_rows({{.subject = "loop", .cpu_us = 100}, {.subject = "threads", .cpu_us = 120}}, 8), "asked",
                waiting());
}

/// The rows of one point of a phase with two points of the wait.
std::vector<journal::Trial> rows_at(const char* table, const std::vector<test::DecidedCosts>& costs, int blocks = 8) {
  return decide_rows(costs, blocks, table);
}

VariedPoint wait_point(const std::vector<journal::Trial>& rows) {
  const auto phase = sensitivity_phase(waiting(), kBoth, {"loop", 10}, 1, {});
  return sensitivities(rows, *phase, decided(), waiting()).front().points.front();
}

TEST(Sensitivity, IsTurnedWhereNobodyOfTheChoiceIsChosen) {
  const VariedPoint point =
      wait_point(rows_at("wait-1-25ms", {{.subject = "loop", .cpu_us = 150}, {.subject = "threads", .cpu_us = 120}}));
  EXPECT_EQ(point.value, "1.25 ms");
  EXPECT_EQ(point.effect, Effect::turned);
  EXPECT_THAT(
      point.words,
      HasSubstr("the choice is threads; loop: it has 1.26 [1.21, 1.26] times the CPU time per request of threads"));
}

TEST(Sensitivity, StaysWhereTheChoiceIsTheSame) {
  const VariedPoint point = wait_point(rows_at("wait-1-25ms", {{.subject = "loop"}, {.subject = "threads"}}));
  EXPECT_EQ(point.effect, Effect::same);
}

TEST(Sensitivity, IsNotKnownWhereTheBlocksAreTooFew) {
  const VariedPoint point = wait_point(rows_at("wait-1-25ms", {{.subject = "loop"}, {.subject = "threads"}}, 3));
  EXPECT_EQ(point.effect, Effect::unknown);
  EXPECT_THAT(point.words, HasSubstr("not decided whether the limits are kept by loop"));
}

TEST(Sensitivity, IsTurnedWhereNobodyKeepsTheLimits) {
  const VariedPoint point =
      wait_point(rows_at("wait-1-25ms", {{.subject = "loop", .p99_ms = 50}, {.subject = "threads", .p99_ms = 60}}));
  EXPECT_EQ(point.effect, Effect::turned);
  EXPECT_THAT(point.words, HasSubstr("no candidate keeps the limits"));
}

TEST(Sensitivity, ToMemoryIsWhatTheChoiceNeeds) {
  const Verdict verdict = assess(decide_rows({{.subject = "loop", .cpu_us = 100, .memory_mib = 40},
                                              {.subject = "threads", .cpu_us = 120, .memory_mib = 30}},
                                             8),
                                 "asked", waiting());
  const std::string words = in_words(*sensitivity_to_memory(verdict));
  EXPECT_THAT(words, HasSubstr("turned at a limit below 40.0 [40.0, 40.0] MiB"));
  EXPECT_THAT(words, HasSubstr("threads would do with 30.0"));
  EXPECT_THAT(words, testing::StartsWith("the memory limit: turned"));
}

TEST(Sensitivity, ToTheLatencyIsTheLowestOfTheChoice) {
  const Verdict verdict =
      assess(decide_rows({{.subject = "loop", .p99_ms = 8}, {.subject = "threads", .cpu_us = 150, .p99_ms = 5}}, 8),
             "asked", waiting());
  const std::string words = in_words(*sensitivity_to_latency(verdict, *waiting().slo));
  EXPECT_THAT(words, testing::StartsWith("the limit on p99: turned at a limit below 8.00 [7.84, 8.16] ms: loop has"));
  EXPECT_THAT(words, HasSubstr("threads has 5.00 [4.90, 5.10] ms"));
}

TEST(Sensitivity, NamesWhoOfAShortlistIsNotChosenAtSomePoint) {
  const Verdict both = assess(decide_rows({{.subject = "loop"}, {.subject = "threads"}}, 8), "asked", waiting());
  const auto phase = sensitivity_phase(waiting(), kBoth, {"loop", 10}, 1, {});
  const auto around = sensitivities(rows_at("wait-1-25ms", {{.subject = "loop"}, {.subject = "threads", .p99_ms = 40}}),
                                    *phase, both, waiting());
  ASSERT_EQ(around.front().points.front().dropped.size(), 1U);
  EXPECT_EQ(around.front().points.front().dropped.front().subject, "threads");
  EXPECT_THAT(around.front().points.front().dropped.front().why, HasSubstr("it misses: p99 40.0"));
  EXPECT_TRUE(is_chosen_everywhere(around, "loop"));
  EXPECT_FALSE(is_chosen_everywhere(around, "threads"));
}

TEST(Drift, ComparesTheProfileItselfWithWhatALaterPhaseMeasuredOfIt) {
  const auto phase = sensitivity_phase(waiting(), kBoth, {"loop", 10}, 1, {});
  const auto words = [&](double cpu_us) {
    return in_words(
        *drift_of(rows_at(kUnchangedTable, {{.subject = "loop", .cpu_us = cpu_us}}), *phase, decided(), waiting()));
  };
  EXPECT_THAT(words(130), HasSubstr("the machine had changed by +30 %"));
  EXPECT_THAT(words(100), HasSubstr("the machine was not seen to have changed"));
  EXPECT_FALSE(drift_of({}, *phase, decided(), waiting()));
}

TEST(Sensitivity, SaysTheRangeInWhichNothingTurned) {
  const Sensitivity one{.subject = "the wait",
                        .here = "5 ms",
                        .points = {{.value = "1.25 ms", .factor = 0.25, .effect = Effect::same},
                                   {.value = "20 ms", .factor = 4, .effect = Effect::same}}};
  EXPECT_EQ(in_words(one),
            "the wait (5 ms in the profile): not turned (some of the choice stay chosen) from 1.25 ms to 20 ms");
}

TEST(Headroom, EndsAtTheFirstRateThatIsNotKept) {
  const auto phase = traffic_phase(waiting(), kBoth, {"loop", 250}, 1, {});
  std::vector<journal::Trial> rows;
  const auto add = [&](const char* table, double rate, double p99_ms) {
    const auto more = decide_rows({{.subject = "loop", .p99_ms = p99_ms}}, 8, table, rate);
    rows.insert(rows.end(), more.begin(), more.end());
  };
  add("rate-2000", 2000, 9);
  add("rate-3000", 3000, 31);
  add("rate-4000", 4000, 8);
  const Headroom loop = headroom(rows, *phase, {"loop"}).front();
  EXPECT_EQ(loop.at_twice, Answer::yes);
  EXPECT_EQ(loop.keeps_at->rate_rps, 2000);
  EXPECT_EQ(
      in_words(loop),
      "keeps the limits up to 2,000/s (2 times), and at 3,000/s (3 times) it misses them: p99 31.0 [30.4, 31.6] ms, "
      "1.55 times the limit, above 20 ms in 8 of 8 blocks, with 30.0 [30.0, 30.0] % of its CPU time used");
}

}  // namespace
}  // namespace bakeoff::decide

#include "harness/decide/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/decide/confirmation.h"
#include "harness/decide/decision.h"
#include "harness/decide/decision_json.h"
#include "harness/decide/expectation.h"
#include "harness/decide/memory_line.h"
#include "harness/decide/record.h"
#include "harness/decide/verdict_table.h"
#include "harness/input/input_error.h"
#include "tests/harness/fixtures/decide_rows.h"

namespace bakeoff::decide {
namespace {

using test::decide_rows;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Names = std::vector<std::string>;

Profile shop() {
  Profile profile;
  profile.name = "shop";
  profile.mix = parse_mix("mix", "wait:5ms@70,light@30");
  profile.rate_rps = 1000;
  profile.slo = load::parse_slo("p99=20ms");
  profile.memory_mib = 1024;
  return profile;
}

TEST(Verdict, PutsLimitsBeforeCosts) {
  const Verdict verdict = assess(decide_rows({{.subject = "cheap", .cpu_us = 50, .p99_ms = 40},
                                              {.subject = "good", .cpu_us = 100, .p99_ms = 5},
                                              {.subject = "dear", .cpu_us = 150, .p99_ms = 5},
                                              {.subject = "large", .cpu_us = 80, .memory_mib = 3000},
                                              {.subject = "slow", .cpu_us = 80, .answered = 0.5}},
                                             8),
                                 "asked", shop());
  EXPECT_THAT(verdict.with(Standing::choice), ElementsAre("good"));
  EXPECT_THAT(verdict.with(Standing::dominated), ElementsAre("dear"));
  EXPECT_THAT(verdict.with(Standing::misses), testing::UnorderedElementsAre("cheap", "large", "slow"));
  EXPECT_THAT(verdict.find("cheap")->limits[1].words, HasSubstr("p99 40.0 [39.2, 40.8] ms, 2.00 times the limit"));
  EXPECT_EQ(verdict.find("cheap")->limits[1].kept, Answer::no);
  EXPECT_EQ(verdict.find("slow")->limits[0].kept, Answer::no);
  EXPECT_THAT(verdict.find("large")->limits[2].words, HasSubstr("2.93 times the limit"));
  EXPECT_EQ(standing_in_words(*verdict.find("large")), "misses memory");
  EXPECT_EQ(verdict.find("dear")->dominated->by, "good");
  EXPECT_EQ(verdict.cheapest, "good");
}

TEST(Verdict, KeepsWhoCostsMoreOfOneThingAndLessOfAnother) {
  const Verdict verdict = assess(decide_rows({{.subject = "quick", .cpu_us = 100, .memory_mib = 500},
                                              {.subject = "small", .cpu_us = 120, .memory_mib = 50},
                                              {.subject = "neither", .cpu_us = 130, .memory_mib = 600}},
                                             8),
                                 "asked", shop());
  EXPECT_THAT(verdict.with(Standing::choice), ElementsAre("quick"));
  EXPECT_THAT(verdict.with(Standing::pareto), ElementsAre("small"));
  EXPECT_THAT(verdict.with(Standing::dominated), ElementsAre("neither"));
  EXPECT_THAT(verdict.pareto(), ElementsAre("quick", "small"));
}

TEST(Verdict, LeavesOutDifferencesOfMemoryThatAreNothingBesideTheLimit) {
  const auto rows = decide_rows({{.subject = "one", .memory_mib = 10}, {.subject = "two", .memory_mib = 18}}, 8);
  EXPECT_THAT(assess(rows, "asked", shop()).with(Standing::choice), testing::UnorderedElementsAre("one", "two"));
  Profile narrow = shop();
  narrow.memory_mib = 20;
  EXPECT_THAT(assess(rows, "asked", narrow).with(Standing::dominated), ElementsAre("two"));
}

TEST(Verdict, LeavesOutDifferencesOfCpuTimeThatAreNothingBesideTheCpus) {
  auto rows = decide_rows({{.subject = "one", .cpu_us = 100}, {.subject = "two", .cpu_us = 108}}, 8);
  EXPECT_THAT(assess(rows, "asked", shop()).with(Standing::choice), testing::UnorderedElementsAre("one", "two"));
  Profile busy = shop();
  busy.rate_rps = 2000;  // 16 ms of a second.
  EXPECT_THAT(assess(rows, "asked", busy).with(Standing::dominated), ElementsAre("two"));
}

TEST(Verdict, LeavesOutDifferencesThatTheIntervalDoesNotShowToMatter) {
  auto rows = decide_rows({{.subject = "one", .cpu_us = 100}, {.subject = "two", .cpu_us = 112}}, 8);
  EXPECT_THAT(assess(rows, "asked", shop()).with(Standing::dominated), ElementsAre("two"));
  for (journal::Trial& row : rows) {
    row.subject_cost->cpu_us_per_request = row.subject == "one" ? 100 : row.block % 4 == 0 ? 106 : 112;
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_FALSE(verdict.find("two")->to_cheapest->tied());
  EXPECT_THAT(verdict.with(Standing::choice), testing::UnorderedElementsAre("one", "two"));
}

TEST(Verdict, NamesTheMemoryLimitAboveWhichADominationByMemoryEnds) {
  Profile narrow = shop();
  narrow.memory_mib = 20;
  const Verdict verdict = assess(
      decide_rows({{.subject = "one", .memory_mib = 10}, {.subject = "two", .memory_mib = 18}}, 8), "asked", narrow);
  ASSERT_TRUE(verdict.find("two")->dominated->up_to_mib);
  EXPECT_NEAR(*verdict.find("two")->dominated->up_to_mib, 800, 1);
  narrow.memory_mib = 801;
  EXPECT_THAT(assess(decide_rows({{.subject = "one", .memory_mib = 10}, {.subject = "two", .memory_mib = 18}}, 8),
                     "asked", narrow)
                  .with(Standing::choice),
              testing::UnorderedElementsAre("one", "two"));
}

TEST(Verdict, CountsMissesAndGivesTheMedianOfWhatWasAnswered) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "slow", .answered = 0.5}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject == "slow" && row.block == 7) row.client->throughput_rps = 800;
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("slow")->limits[0].words,
            "500 [500, 800] requests per second answered of 1,000 in 8 of 8 blocks");
}

TEST(Verdict, DecidesNothingFromFewerBlocksThanAnIntervalNeeds) {
  const Verdict verdict =
      assess(decide_rows({{.subject = "good"}, {.subject = "bad", .p99_ms = 90}}, 5), "asked", shop());
  EXPECT_THAT(verdict.with(Standing::unknown), testing::UnorderedElementsAre("good", "bad"));
  EXPECT_EQ(verdict.cheapest, "");
}

TEST(Verdict, DoesNotKnowOfALimitWithinTheInterval) {
  const Verdict verdict =
      assess(decide_rows({{.subject = "good"}, {.subject = "near", .p99_ms = 20, .spread = 0.2}}, 8), "asked", shop());
  EXPECT_EQ(verdict.find("near")->limits[1].kept, Answer::unknown);
  EXPECT_THAT(verdict.with(Standing::unknown), ElementsAre("near"));
}

TEST(Verdict, LeavesVoidLatenciesOutUnlessTheyAreWithinTheLimitInSpiteOfNoise) {
  auto rows = decide_rows(
      {{.subject = "good"}, {.subject = "noisy"}, {.subject = "late", .p99_ms = 30}, {.subject = "void"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject == "good" || row.block >= 3) continue;
    row.validity["latency"] = row.validity["throughput"] = row.subject == "void" ? "generator-bound" : "noisy";
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("noisy")->latency_us.blocks, 5U);
  EXPECT_EQ(verdict.find("noisy")->latency_us.voids, 3U);
  EXPECT_EQ(verdict.find("noisy")->standing, Standing::choice);
  EXPECT_EQ(verdict.find("late")->limits[1].blocks, 5U) << "noise may have made it late";
  EXPECT_EQ(verdict.find("late")->standing, Standing::unknown);
  EXPECT_EQ(verdict.find("void")->standing, Standing::unknown);
}

TEST(Verdict, JudgesAllLimitsTogetherBlockByBlock) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "both"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject != "both") continue;
    if (row.block % 2 == 0) row.client->latency_us.at("total").p99 = 90'000;
    if (row.block % 2 == 1) row.client->errors.push_back({.phase = "read", .code = "ECONNRESET", .count = 9});
  }
  const Verdict verdict = assess(rows, "asked", shop());
  const Assessment& both = *verdict.find("both");
  EXPECT_EQ(both.limits[0].kept, Answer::unknown);
  EXPECT_EQ(both.limits[1].kept, Answer::unknown);
  EXPECT_EQ(both.standing, Standing::misses) << "no block kept both";
  EXPECT_THAT(missed_limits(both), ElementsAre("answers in 4 of 8 blocks", "p99 in 4 of 8 blocks"));
  EXPECT_EQ(standing_in_words(both), "misses its limits");
}

TEST(Verdict, SaysOfABlockThatDiedNothingButThatItDidNotAnswer) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "dead"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject == "dead") row.outcome = journal::Outcome::died;
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("dead")->limits[0].kept, Answer::no);
  EXPECT_EQ(verdict.find("dead")->limits[1].kept, Answer::unknown);
  EXPECT_EQ(verdict.find("dead")->limits[1].blocks, 0U);
}

TEST(Verdict, HoldsALatencyThatIsMostlyOurOwnSlipAgainstTheLimitAndShowsItStruckOut) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "quick"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject == "quick") row.validity["latency.p99"] = "slipped";
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("quick")->limits[1].kept, Answer::yes);
  EXPECT_EQ(verdict.find("quick")->limits[1].words, "p99 ~5.00 ms~, within 20 ms in 8 of 8 blocks");
}

TEST(Verdict, DoesNotChooseWhoseCostsAreVoid) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "void"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject == "void") row.validity["cpu_per_request"] = "read-late";
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_THAT(verdict.with(Standing::choice), ElementsAre("good"));
  EXPECT_THAT(verdict.with(Standing::unknown), ElementsAre("void"));
}

TEST(Verdict, KeepsALimitThatASingleBlockMissedAndSaysSo) {
  auto rows = decide_rows({{.subject = "good"}}, 9);
  rows[4].client->latency_us.at("total").p99 = 90'000;
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("good")->standing, Standing::choice);
  EXPECT_EQ(verdict.find("good")->limits[1].fails, 1U);
  EXPECT_THAT(verdict.find("good")->limits[1].words, HasSubstr("within 20 ms in 8 of 9 blocks"));
}

TEST(Verdict, CountsWhoDoesNotRunAsMissing) {
  auto rows = decide_rows({{.subject = "good"}, {.subject = "gone"}}, 8);
  for (journal::Trial& row : rows) {
    if (row.subject != "gone") continue;
    row.outcome = journal::Outcome::not_run;
    row.outcome_detail = "needs gone";
    row.client.reset();
  }
  const Verdict verdict = assess(rows, "asked", shop());
  EXPECT_EQ(verdict.find("gone")->standing, Standing::misses);
  EXPECT_THAT(verdict.find("gone")->limits[0].words, HasSubstr("not-run: needs gone"));
}

Decision decision_over(const std::vector<journal::Trial>& rows, const Profile& profile) {
  Decision decision{.profile = profile, .cpus = 1};
  decision.asked = asked_phase(profile, {"good", "bad"}, {});
  judge_asked(decision, rows);
  return decision;
}

TEST(Decision, SaysThatNobodyKeepsTheLimitsAndByHowMuchTheNearestMissesThem) {
  Profile strict = shop();
  strict.slo = load::parse_slo("p99=10ms");
  const Decision decision =
      decision_over(decide_rows({{.subject = "good", .p99_ms = 15}, {.subject = "bad", .p99_ms = 90}}, 8), strict);
  EXPECT_THAT(
      outcome_sentences(decision),
      ElementsAre("Nobody keeps every limit of the profile.",
                  "The nearest is good: p99 15.0 [14.7, 15.3] ms, 1.50 times the limit, above 10 ms in 8 of 8 blocks, "
                  "with 10.0 [10.0, 10.0] % of its CPU time used.",
                  "Every candidate misses the limit on p99."));
  const std::string record = decision_record(decision, {"2026-01-01", "out", "out/profile.toml", "a machine", "build"});
  EXPECT_THAT(record, HasSubstr("# No candidate keeps the limits of shop"));
  EXPECT_THAT(record, HasSubstr("There is no decision to confirm"));
}

TEST(Decision, ComesAsARecordOfMadrWithEveryFigureItsIntervalAndItsRows) {
  const Decision decision =
      decision_over(decide_rows({{.subject = "good"}, {.subject = "bad", .p99_ms = 90}}, 8), shop());
  const std::string record = decision_record(decision, {"2026-01-01", "out", "out/profile.toml", "a machine", "build"});
  std::size_t at = 0;
  for (const char* heading : {"---\nstatus: proposed\ndate: 2026-01-01\n---\n", "# Serve shop with good\n",
                              "## Context and Problem Statement", "## Decision Drivers", "## Considered Options",
                              "## Decision Outcome", "Chosen option: \"good\"", "### Consequences", "### Confirmation",
                              "bakeoff decide out/profile.toml --confirm good", "## Pros and Cons of the Options",
                              "### good", "Good, because it keeps the limit: p99 5.00 [4.90, 5.10] ms",
                              "Rows: `out/asked/trials.jsonl`, asked-b0-good to asked-b7-good, 8 rows", "### bad",
                              "Bad, because it misses the limit: p99 90.0 [88.2, 91.8] ms, 4.50 times the limit, above "
                              "20 ms in 8 of 8 blocks",
                              "## More Information"}) {
    const std::size_t found = record.find(heading, at);
    ASSERT_NE(found, std::string::npos) << heading << "\n" << record;
    at = found;
  }
}

TEST(Decision, IsOneJsonDocument) {
  const std::string json =
      decision_json(decision_over(decide_rows({{.subject = "good"}, {.subject = "bad", .p99_ms = 90}}, 8), shop()));
  EXPECT_THAT(json, HasSubstr("\"choice\": [\n    \"good\"\n  ]"));
  EXPECT_THAT(json, HasSubstr("\"standing\": \"misses\""));
}

TEST(Confirmation, HoldsUntilALimitIsMissedOrSomebodyElseCostsLess) {
  const auto holds = [](const std::vector<test::DecidedCosts>& costs, const Names& chosen, int blocks = 8) {
    return confirm(assess(decide_rows(costs, blocks), "asked", shop()), chosen).holds;
  };
  EXPECT_EQ(holds({{.subject = "a"}, {.subject = "b"}}, {"a"}), Answer::yes);
  EXPECT_EQ(holds({{.subject = "a", .p99_ms = 30}, {.subject = "b"}}, {"a"}), Answer::no);
  EXPECT_EQ(holds({{.subject = "a", .cpu_us = 200}, {.subject = "b"}}, {"a"}), Answer::no);
  EXPECT_EQ(holds({{.subject = "a", .cpu_us = 200}, {.subject = "b"}}, {"a", "b"}), Answer::yes);
  EXPECT_EQ(holds({{.subject = "a", .cpu_us = 200, .memory_mib = 10}, {.subject = "b", .memory_mib = 900}}, {"a"}),
            Answer::no)
      << "in the Pareto set, and no longer the choice";
  EXPECT_EQ(holds({{.subject = "a", .p99_ms = 30}, {.subject = "b"}}, {"a", "b"}), Answer::no);
  EXPECT_EQ(holds({{.subject = "a"}, {.subject = "b"}}, {"a"}, 4), Answer::unknown);
  EXPECT_EQ(holds({{.subject = "a"}, {.subject = "b"}}, {"c"}), Answer::unknown);
}

TEST(Expectation, IsReadWithItsFigureAndItsLimit) {
  const Expectation one = parse_expectation("node/nginx.cpu_us_per_request<3");
  EXPECT_EQ(one.subject, "node");
  EXPECT_EQ(one.against, "nginx");
  EXPECT_EQ(one.figure, "cpu_us_per_request");
  EXPECT_TRUE(one.below);
  EXPECT_EQ(one.limit, 3);
  EXPECT_EQ(parse_expectation("threads.latency_us.p99<=2e4").figure, "latency_us.p99");
  EXPECT_FALSE(parse_expectation("event-loops:reactor=epoll.throughput_rps>900").below);
  for (const char* text : {"", "threads", "threads<3", "threads.cpu<3", "threads.memory_mib<", "threads.memory_mib<3M",
                           "/b.memory_mib<3", "a/.memory_mib<3", ".memory_mib<3"}) {
    EXPECT_THROW(parse_expectation(text), input::InputError) << text;
  }
}

TEST(Expectation, HoldsWhereTheWholeIntervalIsOnItsSide) {
  const auto rows = decide_rows({{.subject = "a", .cpu_us = 100}, {.subject = "b", .cpu_us = 200}}, 8);
  const auto check = [&](const char* text) { return check_expectation(parse_expectation(text), rows, "asked").holds; };
  EXPECT_EQ(check("b/a.cpu_us_per_request<3"), Answer::yes);
  EXPECT_EQ(check("b/a.cpu_us_per_request<1.5"), Answer::no);
  EXPECT_EQ(check("b/a.cpu_us_per_request>1.5"), Answer::yes);
  EXPECT_EQ(check("a.memory_mib<9"), Answer::no);
  EXPECT_EQ(check("c.memory_mib<9"), Answer::unknown);
}

TEST(MemoryLine, IsExtendedBlockByBlockAlongTheMeasuredSlope) {
  const auto point = [](std::uint64_t connections, double mib) {
    return MemoryPoint{connections, {.valid = stats::Series(8, stats::BlockValue(mib)), .struck = {}, .reason = ""}};
  };
  const std::vector<MemoryPoint> points{point(4000, 50), point(2000, 30), point(1000, 20)};
  const stats::Series memory = extrapolated_memory(points, 10'000);
  EXPECT_DOUBLE_EQ(*memory.front(), 110);
  EXPECT_NEAR(*bend(points), 0, 1e-9);
  EXPECT_NEAR(*bend({point(4000, 70), point(2000, 30), point(1000, 20)}), 1, 1e-9);
  EXPECT_TRUE(extrapolated_memory({point(4000, 50)}, 10'000).empty());
}

TEST(Answers, AreGivenByTheBlocksOnlyWhereTheyAreEnough) {
  EXPECT_EQ(pass_in_the_middle(8, 0), Answer::yes);
  EXPECT_EQ(pass_in_the_middle(0, 8), Answer::no);
  EXPECT_EQ(pass_in_the_middle(5, 3), Answer::unknown);
  EXPECT_EQ(pass_in_the_middle(5, 0), Answer::unknown);
  EXPECT_EQ(pass_in_the_middle(11, 1), Answer::yes);
}

}  // namespace
}  // namespace bakeoff::decide

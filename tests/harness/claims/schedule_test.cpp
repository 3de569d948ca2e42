#include "harness/claims/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/claims/claim_file.h"

namespace bakeoff::claims {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ClaimCell cell_in(const std::string& table, const std::string& subject, const std::string& against_table = "") {
  return {.result = "costs",
          .table = table,
          .subject = subject,
          .against = against_table.empty() ? "" : "other",
          .against_table = against_table,
          .figure = "cpu_ms",
          .is = parse_wanted("> 1", "is"),
          .scope = "",
          .half = ""};
}

Claim claim_of(const std::string& id, std::vector<ClaimCell> cells, std::vector<std::string> same_as = {}) {
  Claim one;
  one.id = id;
  one.file = "claims/own.toml";
  one.cells = std::move(cells);
  one.same_as = std::move(same_as);
  return one;
}

std::vector<std::string> tables_of(const std::vector<ClaimStep>& steps) {
  std::vector<std::string> names;
  for (const ClaimStep& step : steps) names.insert(names.end(), step.tables.begin(), step.tables.end());
  return names;
}

TEST(Schedule, ATableIsAStepWithTheSubjectsOfAllClaims) {
  const std::vector<Claim> claims{claim_of("A", {cell_in("switch", "pipe"), cell_in("spawn", "fork")}),
                                  claim_of("B", {cell_in("switch", "futex")})};
  const std::vector<ClaimStep> steps = all_steps(claims);
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_THAT(steps[0].tables, ElementsAre("switch"));
  EXPECT_THAT(steps[0].subjects, ElementsAre("futex", "pipe"));
  EXPECT_EQ(steps[0].file, "claims/own.toml");
}

TEST(Schedule, TablesThatACellComparesAreMeasuredTogether) {
  const std::vector<Claim> claims{claim_of("A", {cell_in("open", "loop", "closed")}),
                                  claim_of("B", {cell_in("closed", "loop")})};
  const std::vector<ClaimStep> steps = all_steps(claims);
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_THAT(steps[0].tables, ElementsAre("closed", "open"));
  EXPECT_THAT(steps[0].subjects, ElementsAre("loop", "other"));
}

TEST(Schedule, TheMostVerdictsPerMinuteComeFirst) {
  const std::vector<Claim> claims{claim_of("A", {cell_in("slow", "x")}), claim_of("B", {cell_in("quick", "x")}),
                                  claim_of("C", {cell_in("many", "x")}), claim_of("D", {cell_in("many", "y")}),
                                  claim_of("E", {cell_in("many", "z")})};
  std::vector<ClaimStep> steps = all_steps(claims);
  steps[0].estimate_s = 60;  // slow: one claim
  steps[1].estimate_s = 10;  // quick: one
  steps[2].estimate_s = 15;  // many: three
  const std::vector<std::string> all{"A", "B", "C", "D", "E"};
  const std::vector<ClaimStep> order = scheduled(claims, steps, all);
  EXPECT_THAT(tables_of(order), ElementsAre("many", "quick", "slow"));
  EXPECT_THAT(order[0].decides, ElementsAre("C", "D", "E"));
  EXPECT_THAT(tables_of(scheduled(claims, steps, std::vector<std::string>{"A"})), ElementsAre("slow"));
}

TEST(Schedule, WhatSaysTheSameNeedsTheSame) {
  const std::vector<Claim> claims{claim_of("A", {cell_in("switch", "pipe")}), claim_of("S1", {}, {"A"}),
                                  claim_of("S2", {})};
  const std::vector<ClaimStep> order = scheduled(claims, all_steps(claims), std::vector<std::string>{"S1", "S2"});
  EXPECT_THAT(tables_of(order), ElementsAre("switch"));
  EXPECT_THAT(order[0].decides, ElementsAre("S1"));
  EXPECT_THAT(scheduled(claims, all_steps(claims), std::vector<std::string>{"S2"}), IsEmpty());
}

}  // namespace
}  // namespace bakeoff::claims

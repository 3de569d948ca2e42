#include "harness/claims/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/claims/claim_file.h"
#include "harness/claims/ledger.h"
#include "tests/harness/fixtures/decide_rows.h"

namespace bakeoff::claims {
namespace {

using test::decide_rows;
using testing::HasSubstr;

Claim claim_with(const std::vector<ClaimCell>& cells) {
  Claim claim;
  claim.id = "S-1";
  claim.theme = "Switching";
  claim.sentence = "One costs more.";
  claim.source = "texts";
  claim.evidence = "read";
  claim.mechanism = "so";
  claim.cells = cells;
  return claim;
}

ClaimCell cell(const std::string& is, const std::string& against = "", const std::string& half = "") {
  return {.result = "shop",
          .table = "asked",
          .subject = "loop",
          .against = against,
          .against_table = "",
          .figure = "cpu_us_per_request",
          .is = parse_wanted(is, "is"),
          .scope = "at " + is,
          .half = half,
          .place = "shop.toml:7"};
}

/// Of a loop at 100 us and threads at 120, in so many blocks.
ClaimRuling judged(const Claim& claim, int blocks = 8) {
  const auto rows = decide_rows({{.subject = "loop", .cpu_us = 100}, {.subject = "threads", .cpu_us = 120}}, blocks);
  return judge(claim, [&](const std::string& name) { return name == "shop" ? &rows : nullptr; });
}

Ruling ruling(const std::vector<ClaimCell>& cells, int blocks = 8) {
  const Claim claim = claim_with(cells);
  return judged(claim, blocks).ruling;
}

TEST(Judge, DecidesByTheWholeInterval) {
  EXPECT_EQ(ruling({cell("50..200")}), Ruling::confirmed);
  EXPECT_EQ(ruling({cell("> 200")}), Ruling::refuted);
  EXPECT_EQ(ruling({cell("< 100")}), Ruling::inconclusive) << "the end of the range is in the interval";
  EXPECT_EQ(ruling({cell("< 0.95", "threads")}), Ruling::confirmed);
  EXPECT_EQ(ruling({cell("> 1", "threads")}), Ruling::refuted);
  EXPECT_EQ(ruling({cell("50..200")}, 5), Ruling::inconclusive) << "too few blocks for an interval";
}

TEST(Judge, NamesTheCellsThatFlipAClaimAndTheHalfThatIsTrue) {
  const Claim depends = claim_with({cell("50..200"), cell("> 200")});
  const ClaimRuling flipped = judged(depends);
  EXPECT_EQ(flipped.ruling, Ruling::depends);
  EXPECT_THAT(flipped.why, HasSubstr("True: at 50..200"));
  EXPECT_THAT(flipped.why, HasSubstr("False: at > 200"));
  const Claim halves = claim_with({cell("50..200", "", "the first"), cell("> 200", "", "the second")});
  const ClaimRuling part = judged(halves);
  EXPECT_EQ(part.ruling, Ruling::part);
  EXPECT_EQ(part.why, "the first: confirmed and the second: refuted.");
}

TEST(Judge, SaysWhatIsMissing) {
  ClaimCell elsewhere = cell("> 1");
  elsewhere.result = "none";
  const Claim unrecorded = claim_with({cell("> 1"), elsewhere});
  EXPECT_EQ(judged(unrecorded).ruling, Ruling::not_run);
  EXPECT_EQ(judged(unrecorded).why, "none was not recorded");
  ClaimCell typing = cell("> 1");
  typing.figure = "cpu";
  EXPECT_EQ(judged(claim_with({typing})).why, "shop.toml:7: shop has no cpu in its table asked");
  Claim untestable = claim_with({});
  untestable.untestable = "it takes two machines";
  EXPECT_EQ(judged(untestable).ruling, Ruling::not_testable);
}

TEST(Judge, LetsOneBlockShowThatAThingCanHappenAndNoneSayThatItCannot) {
  EXPECT_EQ(ruling({cell("some < 200")}), Ruling::confirmed);
  const Claim never = claim_with({cell("some > 200")});
  EXPECT_EQ(judged(never).ruling, Ruling::inconclusive);
  EXPECT_THAT(judged(never).why, HasSubstr("in 0 of 8 blocks, so that it can still happen in up to 38 % of them"));
}

TEST(Judge, ShowsVoidNumbersToNobody) {
  auto rows = decide_rows({{.subject = "loop"}}, 8);
  for (journal::Trial& row : rows) row.validity["cpu_per_request"] = "noisy";
  const Claim claim = claim_with({cell("50..200")});
  const ClaimRuling noisy = judge(claim, [&](const std::string&) { return &rows; });
  EXPECT_EQ(noisy.ruling, Ruling::not_run);
  EXPECT_EQ(noisy.why, "cpu_us_per_request of loop is void: noisy");
}

// A claim whose range ends at the true value is neither confirmed nor refuted: noise alone may decide it no more often
// than the intervals miss, one time in twenty.
TEST(Judge, IsMovedByNoiseNoMoreOftenThanItsIntervalsMiss) {
  std::mt19937 random(7);
  std::lognormal_distribution<double> noise(0, 0.1);
  const Claim claim = claim_with({cell("> 100")});
  int decided = 0;
  constexpr int kRuns = 1000;
  for (int run = 0; run < kRuns; ++run) {
    auto rows = decide_rows({{.subject = "loop"}}, 9);
    for (journal::Trial& row : rows) row.subject_cost->cpu_us_per_request = 100 * noise(random);
    const Ruling found = judge(claim, [&](const std::string&) { return &rows; }).ruling;
    decided += found == Ruling::confirmed || found == Ruling::refuted ? 1 : 0;
  }
  EXPECT_LE(decided, kRuns * 6 / 100) << "3.9 % by theory with nine blocks";
}

TEST(Judge, ComparesTablesWithoutPairsByTheEndsOfBothIntervals) {
  auto rows = decide_rows({{.subject = "loop", .cpu_us = 100}}, 8);
  for (journal::Trial row : decide_rows({{.subject = "loop", .cpu_us = 150}}, 8)) {
    row.table = "twice";
    rows.push_back(row);
  }
  const auto judge_rows = [&](const std::string& is) {
    ClaimCell one = cell(is, "loop");
    one.table = "twice";
    one.against_table = "asked";
    const Claim claim = claim_with({one});
    return judge(claim, [&](const std::string&) { return &rows; }).ruling;
  };
  EXPECT_EQ(judge_rows("> 1"), Ruling::confirmed);
  EXPECT_EQ(judge_rows("< 1"), Ruling::refuted);
  EXPECT_EQ(judge_rows("> 1.5"), Ruling::inconclusive);
}

TEST(Judge, DecidesWhatSaysTheSameByTheCellsOfTheOther) {
  std::vector<Claim> claims{claim_with({cell("50..200")}),
                            claim_with({cell("> 200")}),
                            claim_with({}),
                            claim_with({}),
                            claim_with({}),
                            claim_with({})};
  for (std::size_t i = 0; i < claims.size(); ++i) claims[i].id = "S-" + std::to_string(i);
  claims[2].same_as = {"S-0"};
  claims[3].same_as = {"S-0", "S-1"};
  claims[4].missing = "a machine";
  claims[5].same_as = {"S-4"};
  claims[5].statement = true;
  const auto rows = decide_rows({{.subject = "loop", .cpu_us = 100}}, 8);
  const auto rulings = judge_all(claims, [&](const std::string&) { return &rows; });
  EXPECT_EQ(rulings[2].ruling, Ruling::confirmed);
  EXPECT_EQ(rulings[3].ruling, Ruling::depends);
  EXPECT_EQ(rulings[5].ruling, Ruling::not_run);
  EXPECT_EQ(rulings[5].why, "S-4: a machine");
  EXPECT_EQ(counts_in_words(rulings), "5 claims: 2 confirmed, 1 refuted, 1 depends, 1 not run; 1 statement: 1 not run");
}

TEST(Ledger, HasEveryClaimWithItsVerdictInEachFormat) {
  const Claim claim = claim_with({cell("50..200")});
  const std::vector<ClaimRuling> rulings{judged(claim)};
  EXPECT_EQ(counts_in_words(rulings), "1 claim: 1 confirmed");
  const std::string text = ledger_text(rulings, 80);
  EXPECT_THAT(text, HasSubstr("  S-1      confirmed    One costs more."));
  EXPECT_THAT(text, HasSubstr("claimed: in words; here: 105 [98.5, 113] us/req"));
  EXPECT_EQ(ledger_report(rulings).tables.at(0).rows.at(0).cells.at(1).text, "confirmed");
  EXPECT_THAT(claim_text(rulings[0], 80), HasSubstr("claimed 50..200: true"));
}

}  // namespace
}  // namespace bakeoff::claims

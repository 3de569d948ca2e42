// What a report says of itself: how sure it is, what more would take, and how the run ended.
#include "harness/report/precision_notes.h"

#include <gmock/gmock.h>

#include "harness/report/report_info.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<LeadingRatio> http_ratios(int blocks) {
  return leading_ratios(test::http_rows(blocks), "http", test::report_info(), UINT64_MAX);
}

TEST(Sureness, SaysHowManyMoreBlocksAWantedPrecisionWouldTake) {
  EXPECT_THAT(precision_notes(http_ratios(8), 0.01),
              ElementsAre(testing::MatchesRegex("the ratios are known to ±4.1 % \\(fibers the least\\); ±1.0 % would "
                                                "take about [0-9]+ blocks, [0-9]+ more")));
  EXPECT_THAT(precision_notes(http_ratios(8), 0.05), ElementsAre(Not(HasSubstr("would take")))) << "it is reached";
  EXPECT_THAT(precision_notes(http_ratios(8), std::nullopt), ElementsAre(Not(HasSubstr("would take"))));
  EXPECT_THAT(precision_notes(http_ratios(5), 0.01), IsEmpty()) << "without intervals nothing is known";
}

TEST(Sureness, TheFootNamesTheSmallestDifferenceOfEachTableThatHasOne) {
  Table http, echo;
  http.name = "http";
  http.detectable = 0.021;
  echo.name = "echo";
  EXPECT_THAT(detectable_line(std::vector{http, echo}), testing::EndsWith("nine times of ten: 2.1 % in http"));
  EXPECT_EQ(detectable_line(std::vector{echo}), "");
}

TEST(TheEndOfARun, IsSaidOnceWhereAllTablesEndedAlikeAndByNameWhereTheyDidNot) {
  journal::EndFacts ended;
  ended.tables = {{"echo", "all blocks ran", 12}, {"http", "all blocks ran", 12}};
  EXPECT_EQ(end_in_words(ended), "all blocks ran (12 blocks)");
  ended.tables[0] = {"echo", "the precision is reached", 1};
  EXPECT_EQ(end_in_words(ended), "echo: the precision is reached (1 block); http: all blocks ran (12 blocks)");
}

TEST(TheEndOfARun, StandsInTheFootWhateverItWas) {
  journal::Manifest manifest;
  EXPECT_THAT(report_info(manifest).foot, Not(Contains(HasSubstr("cut off")))) << "a version that did not record it";
  manifest.blocks = 8;
  EXPECT_THAT(report_info(manifest).foot, Contains("the run was cut off, or is still under way"));
  manifest.ended = journal::EndFacts{.at = "", .elapsed_s = 1, .failure = "cannot write x: full", .tables = {}};
  manifest.resumed_at = {"a", "b"};
  EXPECT_THAT(report_info(manifest).foot, Contains("the run was broken off: cannot write x: full"));
  EXPECT_THAT(report_info(manifest).foot, Contains(HasSubstr("resumed 2 times")));
  manifest.ended = journal::EndFacts{.at = "", .elapsed_s = 1, .failure = "", .tables = {{"echo", "interrupted", 3}}};
  EXPECT_THAT(report_info(manifest).foot, Contains("ended: interrupted (3 blocks)"));
}

}  // namespace
}  // namespace bakeoff::report

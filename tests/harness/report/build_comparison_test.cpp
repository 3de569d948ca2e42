// Two builds side by side: what is told apart, what fails a gate, and the table that shows it.
#include "harness/report/build_comparison.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/report/compare/gate.h"
#include "harness/report/json.h"
#include "harness/report/leading_ratios.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

ReportInfo against_info() {
  ReportInfo info = test::report_info();
  info.against = "/elsewhere/bin/bakeoff-subject";
  return info;
}

/// threads alike in both builds, event-loop more expensive in the other one by `factor`.
std::vector<journal::Trial> rows_of_two_builds(int blocks, double factor) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < blocks; ++block) {
    const double wobble = block % 2 == 0 ? 1.01 : 0.99;
    rows.push_back(test::server_row({.subject = "threads", .cpu_us = 10}, block));
    rows.push_back(test::server_row({.subject = "threads@other", .cpu_us = 10 * wobble}, block));
    rows.push_back(test::server_row({.subject = "event-loop", .cpu_us = 5}, block));
    rows.push_back(test::server_row({.subject = "event-loop@other", .cpu_us = 5 * factor * wobble}, block));
  }
  return rows;
}

std::vector<std::string> verdicts(const std::vector<journal::Trial>& rows) {
  std::vector<std::string> all;
  for (const BuildComparison& cell : compare_builds(rows, against_info())) all.push_back(build_verdict(cell));
  return all;
}

TEST(Against, SaysWhichBuildIsWorseOrThatNoDifferenceIsSeen) {
  EXPECT_THAT(verdicts(rows_of_two_builds(8, 1.1)), ElementsAre("no difference", "other build worse"));
  EXPECT_THAT(verdicts(rows_of_two_builds(8, 0.9)), ElementsAre("no difference", "this build worse"));
  EXPECT_THAT(verdicts(rows_of_two_builds(5, 0.9)), ElementsAre("cannot tell", "cannot tell"));
}

TEST(Against, TellsNothingWhereTheBlocksDoNotSupportAllVerdictsTogether) {
  // Six pairs have an interval at 95 %; two subjects together need 97.5 % each, which takes seven.
  EXPECT_THAT(verdicts(rows_of_two_builds(6, 1.1)), ElementsAre("cannot tell", "cannot tell"));
  EXPECT_THAT(verdicts(rows_of_two_builds(7, 1.1)), ElementsAre("no difference", "other build worse"));
  const Report report = build_report(rows_of_two_builds(6, 1.1), against_info());
  EXPECT_THAT(report.tables[0].notes, Contains("to tell a difference takes 7 blocks with valid values of both builds"));
}

TEST(Against, ARegressionIsADifferenceThatIsSeenAndLargeEnough) {
  const auto regressions = [](double factor, double share) {
    std::vector<std::string> found;
    for (const compare::GateCell& cell :
         compare::gate_cells(compare_builds(rows_of_two_builds(8, factor), against_info()))) {
      if (compare::is_regression(cell, share)) found.push_back(cell.subject);
    }
    return found;
  };
  EXPECT_THAT(regressions(0.9, 0.05), ElementsAre("event-loop"));
  EXPECT_THAT(regressions(0.9, 0.2), ElementsAre()) << "worse, but not by a fifth";
  EXPECT_THAT(regressions(1.1, 0.05), ElementsAre()) << "an improvement";
  EXPECT_THAT(regressions(1.0, 0.001), ElementsAre());
}

TEST(Against, TheTableHasALineForEachSubjectWithBothBuilds) {
  const Report report = build_report(rows_of_two_builds(8, 1.1), against_info());
  ASSERT_EQ(report.tables.size(), 1U);
  const Table& table = report.tables[0];
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1].subject, "event-loop");
  ASSERT_EQ(table.rows[1].cells.size(), table.columns.size());
  EXPECT_NEAR(*table.rows[1].cells[3].value, 1 / 1.1, 0.02);
  EXPECT_EQ(table.rows[1].cells[4].text, "other build worse");
  EXPECT_THAT(table.notes, Contains(HasSubstr("differences are told at 95 % for all 2 subjects together")));
  EXPECT_THAT(terminal_report(report), HasSubstr("other build worse"));
  const auto json = nlohmann::json::parse(json_report(report));
  EXPECT_EQ(json.at("tables")[0].at("rows")[1].at("verdict"), "other build worse");
}

TEST(Against, ASubjectThatDiesInOneBuildHasNoRatioAndSaysWhy) {
  std::vector<journal::Trial> rows = rows_of_two_builds(8, 1.1);
  for (journal::Trial& row : rows) {
    if (row.subject != "event-loop@other") continue;
    row.outcome = journal::Outcome::died;
    row.outcome_detail = "killed by SIGSEGV";
    row.client.reset();
    row.subject_cost.reset();
  }
  EXPECT_THAT(verdicts(rows), ElementsAre("no difference", "cannot tell"));
  EXPECT_THAT(terminal_report(build_report(rows, against_info())), HasSubstr("killed by SIGSEGV"));
}

TEST(LeadingRatios, AreToTheBaselineAndOfTheFirstBlocksOnly) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const auto all = leading_ratios(rows, "http", test::report_info(), UINT64_MAX);
  ASSERT_EQ(all.size(), 3U) << "not the baseline itself";
  EXPECT_EQ(all[2].subject, "event-loop");
  EXPECT_EQ(all[2].ratio->pairs, 8U);
  EXPECT_EQ(leading_ratios(rows, "http", test::report_info(), 6)[2].ratio->pairs, 6U);
  EXPECT_TRUE(leading_ratios(rows, "echo", test::report_info(), 6).empty());
}

}  // namespace
}  // namespace bakeoff::report

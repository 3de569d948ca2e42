// The columns that count runs in which updates were lost or races reported, and what the notes say beside them.
#include "harness/report/run_counts.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Raced {
  std::string subject, discipline, figure;
  std::vector<double> blocks;
};

std::vector<journal::Trial> raced_rows(const std::vector<Raced>& subjects) {
  std::vector<journal::Trial> rows;
  for (const Raced& one : subjects) {
    for (std::size_t block = 0; block < one.blocks.size(); ++block) {
      journal::Trial trial = test::count_rows(1).front();
      trial.subject = one.subject;
      trial.block = static_cast<int>(block);
      trial.job->figures = {{"operation_ns", 2}, {one.figure, one.blocks[block]}};
      trial.server_receipt.emplace().settings["discipline"] = one.discipline;
      rows.push_back(trial);
    }
  }
  return rows;
}

Table table_of(const std::vector<journal::Trial>& rows) {
  return build_table(rows, rows.front().table, {});
}

std::vector<std::string> column_texts(const Table& table, const std::string& key) {
  const auto found = std::ranges::find(table.columns, key, &Column::key);
  std::vector<std::string> texts;
  if (found == table.columns.end()) return texts;
  for (const TableRow& row : table.rows) {
    texts.push_back(row.cells[static_cast<std::size_t>(found - table.columns.begin())].text);
  }
  return texts;
}

TEST(RunCounts, StandBesideTheShareThatWasLost) {
  const Table table = table_of(raced_rows(
      {{"racer", "plain", "lost_percent", {0, 4, 0, 43.1, 0}}, {"locked", "mutex", "lost_percent", {0, 0, 0, 0, 0}}}));
  EXPECT_THAT(column_texts(table, "runs_that_lost"), ElementsAre("2 of 5", "0 of 5"));
  const auto lost = std::ranges::find(table.columns, "lost_percent", &Column::key);
  ASSERT_NE(lost, table.columns.end());
  EXPECT_EQ((lost + 1)->key, "runs_that_lost");
  EXPECT_THAT(table.notes, Contains("lost in the worst run: racer 43.1 %"));
}

TEST(RunCounts, OfARaceThatLostNothingSayHowRareALossMayBe) {
  std::vector<double> none(40, 0.0);
  const Table table = table_of(raced_rows({{"awaits", "across-await", "lost_percent", none},
                                           {"racer", "plain", "lost_percent", none},
                                           {"locked", "mutex", "lost_percent", none}}));
  EXPECT_THAT(
      table.notes,
      Contains("races that lost nothing in 40 runs: at 95 % fewer than 7.5 % of such runs lose: awaits, racer"));
  const Table few = table_of(raced_rows({{"racer", "plain", "lost_percent", {0, 0}}}));
  EXPECT_THAT(few.notes, Contains("races that lost nothing in 2 runs: racer"));
}

TEST(RunCounts, AreNotShownWhereNoSubjectRaces) {
  const Table table = table_of(raced_rows({{"locked", "mutex", "lost_percent", {0, 0, 0}}}));
  EXPECT_THAT(column_texts(table, "runs_that_lost"), ElementsAre());
  EXPECT_THAT(table.notes, Not(Contains(HasSubstr("lost"))));
}

TEST(RunCounts, CountAlsoRunsWhoseTimeOthersDisturbed) {
  std::vector<journal::Trial> rows = raced_rows({{"racer", "plain", "lost_percent", {0, 4, 0}}});
  rows[1].validity = {{"elapsed", "noisy"}};
  EXPECT_THAT(column_texts(table_of(rows), "runs_that_lost"), ElementsAre("1 of 3"));
  rows[1].validity = {{"everything", "unseen-cpus"}};
  EXPECT_THAT(column_texts(table_of(rows), "runs_that_lost"), ElementsAre("0 of 2"));
}

TEST(RunCounts, OfADetectorSayInHowManyRunsItReportedAndMarkNoneAsTheBest) {
  const Table table = table_of(raced_rows({{"detector", "plain", "races_reported", {1, 1, 2, 0, 1, 1, 1}},
                                           {"missed", "lock-once", "races_reported", {0, 0, 0, 0, 0, 0, 0}}}));
  EXPECT_THAT(column_texts(table, "races_reported"), ElementsAre("1", "0"));
  EXPECT_THAT(column_texts(table, "runs_with_reports"), ElementsAre("6 of 7", "0 of 7"));
  const auto reported = std::ranges::find(table.columns, "races_reported", &Column::key);
  for (const TableRow& row : table.rows) {
    EXPECT_FALSE(row.cells[static_cast<std::size_t>(reported - table.columns.begin())].best) << row.subject;
  }
}

TEST(RunCounts, AreTheSameInEveryFormat) {
  const std::vector<journal::Trial> rows = raced_rows({{"racer", "plain", "lost_percent", {0, 4, 0}}});
  const Report report = build_report(rows, {});
  EXPECT_THAT(markdown_report(report), HasSubstr("| 1 of 3 |"));
  EXPECT_THAT(latex_report(report), HasSubstr("1 of 3"));
  EXPECT_THAT(json_report(report), HasSubstr("\"text\": \"1 of 3\""));
}

}  // namespace
}  // namespace bakeoff::report

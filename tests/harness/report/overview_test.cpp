// The table over all tables.
#include "harness/report/overview.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

/// The same rows in a number of tables; "late" is in the last of them only.
std::vector<journal::Trial> sweep(int tables) {
  std::vector<journal::Trial> rows;
  for (int i = 1; i <= tables; ++i) {
    for (journal::Trial row : test::http_rows(8)) {
      row.table = "http-" + std::to_string(i);
      rows.push_back(row);
    }
  }
  for (int block = 0; block < 8; ++block) {
    journal::Trial late = test::server_row({.subject = "late", .cpu_us = 3}, block);
    late.table = "http-" + std::to_string(tables);
    rows.push_back(late);
  }
  return rows;
}

TEST(Overview, HasAColumnATableWithTheLeadingFigureOfEverySubject) {
  const Report report = build_report(sweep(4), test::report_info());
  ASSERT_TRUE(report.overview);
  const Table& overview = *report.overview;
  ASSERT_EQ(overview.columns.size(), 5U);
  EXPECT_EQ(overview.columns.back().title, "http-4");
  for (const TableRow& row : overview.rows) {
    ASSERT_EQ(row.cells.size(), 5U) << row.subject;
    for (std::size_t t = 0; t < 4; ++t) {
      const auto& theirs = report.tables[t].rows;
      const auto same = std::find_if(theirs.begin(), theirs.end(),
                                     [&](const TableRow& other) { return other.subject == row.subject; });
      EXPECT_EQ(row.cells[t + 1].text, same == theirs.end() ? "" : same->cells[2].text) << row.subject;
      if (same != theirs.end()) {
        EXPECT_EQ(row.cells[t + 1].letters, same->cells[2].letters);
      }
    }
  }
  EXPECT_EQ(overview.rows.back().subject, "late");
  EXPECT_THAT(markdown_report(report), testing::HasSubstr("## Overview"));
  EXPECT_THAT(terminal_report(report, {}), testing::HasSubstr(overview.caption));
}

TEST(Overview, IsLeftOutWhereThereIsLittleToSurvey) {
  EXPECT_FALSE(build_report(sweep(3), test::report_info()).overview);
}

TEST(Overview, HasNoColumnForATableThatRepeatsFiguresOfOthers) {
  std::vector<Table> tables = build_report(sweep(4), test::report_info()).tables;
  ASSERT_EQ(overview_of(tables)->columns.size(), 5U);
  tables.push_back(tables.back());
  EXPECT_EQ(overview_of(tables)->columns.size(), 6U);
  tables.back().is_summary = true;
  EXPECT_EQ(overview_of(tables)->columns.size(), 5U);
}

}  // namespace
}  // namespace bakeoff::report

// Tables of a crowd, which only some of the subjects may have, with the cost per connection.
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/report/table.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> keys(const Table& table) {
  std::vector<std::string> all;
  for (const Column& column : table.columns) all.push_back(column.key);
  return all;
}

/// The cell's text; "" where there is no such row or column.
std::string text_of(const Table& table, const std::string& subject, const std::string& key) {
  const std::vector<std::string> columns = keys(table);
  const auto column = std::find(columns.begin(), columns.end(), key) - columns.begin();
  for (const TableRow& row : table.rows) {
    if (row.subject == subject && column < std::ssize(row.cells)) return row.cells[column].text;
  }
  return "";
}

TEST(CrowdTable, OfFewerSubjectsHasABaselineOfItsOwn) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  std::erase_if(rows, [](const journal::Trial& row) { return row.subject == "threads"; });
  for (journal::Trial& row : rows) row.table = "crowd";
  for (const journal::Trial& row : test::http_rows(8)) rows.push_back(row);
  ReportInfo info = test::report_info();
  info.baselines["crowd"] = "fibers";
  const Table crowd = build_table(rows, "crowd", info);
  EXPECT_EQ(crowd.baseline, "fibers");
  EXPECT_EQ(text_of(crowd, "fibers", "ratio"), "1");
  EXPECT_EQ(build_table(rows, "http", info).baseline, "threads");
  info.baselines.clear();
  EXPECT_THAT(keys(build_table(rows, "crowd", info)), Not(Contains("ratio"))) << "without a baseline there is none";
}

TEST(CrowdTable, ShowsWhatAConnectionCostsWhereThereIsASilentCrowd) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& row : rows) {
    row.subject_cost->pss_per_connection_kib = 13;
    row.subject_cost->kernel_per_connection_kib = 26.5;
  }
  const Table alone = build_table(rows, "http", test::report_info());
  EXPECT_THAT(keys(alone), Not(Contains(HasSubstr("per_connection"))));
  for (journal::Trial& row : rows) row.params.load.idle = 1000;
  const Table crowd = build_table(rows, "http", test::report_info());
  EXPECT_THAT(keys(crowd), AllOf(Contains("pss_per_connection_kib"), Contains("kernel_per_connection_kib")));
  EXPECT_EQ(text_of(crowd, "threads", "pss_per_connection_kib"), "13.0");
  EXPECT_EQ(text_of(crowd, "threads", "kernel_per_connection_kib"), "26.5");
}

}  // namespace
}  // namespace bakeoff::report

#include "harness/report/csv.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/harness/fixtures/csv_reader.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> rows_of(const Report& report) {
  const auto lines = test::read_csv(csv_report(report));
  std::vector<Row> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].size(), lines[0].size()) << i;
    for (std::size_t c = 0; c < lines[i].size(); ++c) {
      if (c == 0) rows.emplace_back();
      rows.back()[lines[0][c]] = lines[i][c];
    }
  }
  return rows;
}

Row row_of(const Report& report, const std::string& subject, const std::string& metric) {
  for (const Row& row : rows_of(report)) {
    if (row.at("subject") == subject && row.at("metric") == metric) return row;
  }
  throw std::out_of_range(subject + " " + metric);
}

TEST(Golden, Csv) {
  test::expect_golden("good.csv", csv_report(test::good_report()));
}
TEST(Golden, CsvWithTrouble) {
  test::expect_golden("troubled.csv", csv_report(test::troubled_report()));
}

TEST(Csv, HasARowForEachMetricOfASubject) {
  const Report report = test::good_report();
  std::size_t numbers = 0;
  for (const Table& table : report.tables) {
    for (const Column& column : table.columns) numbers += column.align == Align::right ? table.rows.size() : 0;
  }
  EXPECT_EQ(rows_of(report).size(), numbers);
}

TEST(Csv, ARatioNamesItsBaselineAndHasItsInterval) {
  const Row ratio = row_of(test::good_report(), "fibers", "ratio");
  EXPECT_EQ(ratio.at("baseline"), "threads");
  EXPECT_EQ(ratio.at("tied"), "true");
  EXPECT_LE(std::stod(ratio.at("low")), std::stod(ratio.at("value")));
  EXPECT_GE(std::stod(ratio.at("high")), std::stod(ratio.at("value")));
  EXPECT_EQ(row_of(test::good_report(), "fibers", "cpu_us_per_request").at("baseline"), "");
}

TEST(Csv, AVoidNumberStaysWithItsReason) {
  const Row row = row_of(test::troubled_report(), "fibers", "throughput_rps");
  EXPECT_EQ(row.at("void"), "noisy");
  EXPECT_GT(std::stod(row.at("value")), 0);
  EXPECT_EQ(row.at("best"), "false");
}

TEST(Csv, ASubjectWithoutNumbersIsOneRowWithItsRemark) {
  const Row row = row_of(test::troubled_report(), "nginx", "");
  EXPECT_EQ(row.at("remark"), "not-run: needs nginx (apt install nginx-light)");
  EXPECT_EQ(row.at("value"), "");
  EXPECT_EQ(row.at("blocks"), "");
}

TEST(Csv, WhatIsUnknownIsEmptyAndNever0) {
  std::vector<journal::Trial> rows = test::http_rows(6);
  for (journal::Trial& row : rows) {
    if (row.subject == "fibers") row.subject_cost->pss_end_kib.reset();
  }
  const Row row = row_of(build_report(rows, test::report_info()), "fibers", "pss_end_mib");
  for (const char* name : {"value", "low", "high", "tied", "best", "blocks"}) EXPECT_EQ(row.at(name), "") << name;
}

TEST(Csv, TextOfARowCannotBreakTheTable) {
  std::vector<journal::Trial> rows = test::http_rows(1);
  rows[0].outcome = journal::Outcome::died;
  rows[0].outcome_detail = "said \"no\", then\r\nleft";
  for (journal::Trial& row : rows) row.experiment = "quick";
  ReportInfo info = test::report_info();
  info.experiment = "a,b\r\n\"c\"";
  const Row row = row_of(build_report(rows, info), "threads", "");
  EXPECT_EQ(row.at("experiment"), info.experiment);
  EXPECT_THAT(row.at("remark"), testing::HasSubstr("said \"no\", then"));
}

TEST(Csv, OfNoRowsIsItsHeader) {
  EXPECT_EQ(test::read_csv(csv_report({})).size(), 1U);
}

}  // namespace
}  // namespace bakeoff::report

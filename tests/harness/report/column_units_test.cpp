// Which unit a number is shown in, alone and in a column, and that machines get the rows' own.
#include "harness/report/column_units.h"

#include <gmock/gmock.h>

#include <limits>

#include "harness/report/csv.h"
#include "harness/report/job_summary.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/number_format.h"
#include "harness/report/overview.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(FormatWithUnit, TakesTheUnitInWhichTheNumberIsBelowAThousand) {
  EXPECT_EQ(format_with_unit(1010, "ms"), "1.01 s");
  EXPECT_EQ(format_with_unit(402'000, "us"), "402 ms");
  EXPECT_EQ(format_with_unit(258'000, "MiB"), "252 GiB");
  EXPECT_EQ(format_with_unit(0.312, "us"), "0.312 us");
  EXPECT_EQ(format_with_unit(999.4, "us"), "999 us");
  EXPECT_EQ(format_with_unit(999.6, "us"), "1.00 ms");
  EXPECT_EQ(format_with_unit(1'270, "us/req"), "1.27 ms/req");
  EXPECT_EQ(format_with_unit(-4'200, "KiB/conn"), "-4.10 MiB/conn");
}

TEST(FormatWithUnit, HasNoSuffixBesideTheLargestUnitEither) {
  EXPECT_EQ(format_with_unit(27'600, "s"), "27600 s");
  EXPECT_EQ(format_with_unit(5'000'000, "s"), "5.00e+06 s");
}

TEST(FormatWithUnit, KeepsASuffixWhereThereIsNoLargerUnit) {
  EXPECT_EQ(format_with_unit(102'400, "req/s"), "102k req/s");
  EXPECT_EQ(format_with_unit(1'200, ""), "1.20k");
  EXPECT_EQ(format_with_unit(43.1, "%"), "43.1 %");
  EXPECT_EQ(format_with_unit(std::numeric_limits<double>::quiet_NaN(), "ms"), "");
}

TEST(TitleWithoutUnit, SaysWhatIsCountedPerWhat) {
  EXPECT_EQ(title_without_unit("p99 us", "us"), "p99");
  EXPECT_EQ(title_without_unit("CPU us/req", "us/req"), "CPU per req");
  EXPECT_EQ(title_without_unit("p99 us: model", "us"), "p99: model");
  for (const auto& [title, unit] : {std::pair{"req/s", "req/s"}, std::pair{"KiB/conn", "KiB/conn"},
                                    std::pair{"switches/req", "1/req"}, std::pair{"lost %", "%"}}) {
    EXPECT_EQ(title_without_unit(title, unit), title);
  }
  EXPECT_EQ(number_with_unit(11.4, "us/req"), "11.4 us");
  EXPECT_EQ(number_with_unit(1.32e6, "/s"), "1.32M");
}

/// A table of one figure, as the rows have it.
Table one_figure_table(const std::string& title, const std::string& unit, const std::vector<double>& values) {
  Table table;
  table.columns = {{"subject", "subject", "", Align::left}, {"key", title, unit}};
  for (const double value : values) {
    Cell cell;
    cell.value = value;
    cell.text = format_number(value);
    table.rows.push_back({.subject = "one", .cells = {Cell(), cell}, .remark = {}});
  }
  return table;
}

/// The title, and then the text of each cell.
std::vector<std::string> shown_column(const Table& given, std::size_t column = 1) {
  const Table table = in_fitting_units(given);
  std::vector<std::string> texts{table.columns[column].title};
  for (const TableRow& row : table.rows) texts.push_back(row.cells[column].text);
  return texts;
}

TEST(ColumnUnits, AColumnHasTheUnitInWhichItsLargestNumberIsBelowAThousand) {
  EXPECT_THAT(shown_column(one_figure_table("p99 us", "us", {1'270, 1'650, 345, 443})),
              ElementsAre("p99 ms", "1.27", "1.65", "0.345", "0.443"));
  EXPECT_THAT(shown_column(one_figure_table("virtual MiB", "MiB", {258'000, 6'270, 330})),
              ElementsAre("virtual GiB", "252", "6.12", "0.322"));
  EXPECT_THAT(shown_column(one_figure_table("CPU us/req", "us/req", {1'270, 900})),
              ElementsAre("CPU ms/req", "1.27", "0.900"));
  EXPECT_THAT(shown_column(one_figure_table("KiB/conn", "KiB/conn", {2'048})), ElementsAre("MiB/conn", "2.00"));
}

TEST(ColumnUnits, AColumnWhoseNumbersFitKeepsItsUnitHoweverSmallSomeAre) {
  EXPECT_THAT(shown_column(one_figure_table("slab KiB", "KiB", {36.9, -0.00668, 0})),
              ElementsAre("slab KiB", "36.9", "-0.00668", "0"));
}

TEST(ColumnUnits, WhereNoUnitFitsAllNumbersEachCellHasItsOwn) {
  EXPECT_THAT(shown_column(one_figure_table("p99 us", "us", {9'400, 5'080'000, 0})),
              ElementsAre("p99", "9.40 ms", "5.08 s", "0"));
  EXPECT_THAT(shown_column(one_figure_table("CPU us/req", "us/req", {5.48, 1'200})),
              ElementsAre("CPU per req", "5.48 us", "1.20 ms"));
}

TEST(ColumnUnits, WhatHasNoLargerUnitIsLeftAlone) {
  EXPECT_THAT(shown_column(one_figure_table("req/s", "req/s", {102'000})), ElementsAre("req/s", "102k"));
  EXPECT_THAT(shown_column(one_figure_table("vs threads", "", {1'234})), ElementsAre("vs threads", "1.23k"));
}

TEST(ColumnUnits, ColumnsOfOneFigureHaveTheSameUnit) {
  Table table = one_figure_table("p99 us: model", "us", {345});
  table.columns[1].figure = "latency_us.p99";
  table.columns.push_back({"real", "real", "us", Align::right, "latency_us.p99"});
  table.rows[0].cells.push_back(one_figure_table("", "us", {23'700}).rows[0].cells[1]);
  EXPECT_THAT(shown_column(table), ElementsAre("p99 ms: model", "0.345"));
  EXPECT_THAT(shown_column(table, 2), ElementsAre("real", "23.7"));
}

TEST(ColumnUnits, GivingTheResultChangesNothingMore) {
  for (const std::vector<double>& values : {std::vector{1'270.0, 345.0}, std::vector{9'400.0, 5'080'000.0}}) {
    const Table once = in_fitting_units(one_figure_table("p99 us", "us", values));
    EXPECT_EQ(shown_column(once), shown_column(one_figure_table("p99 us", "us", values)));
  }
}

/// Rows whose requests take so long that microseconds do not fit.
Report slow_report() {
  std::vector<journal::Trial> rows;
  for (int table = 1; table <= 4; ++table) {
    for (journal::Trial row : test::http_rows(8)) {
      row.table = "http-" + std::to_string(table);
      row.subject_cost->cpu_us_per_request = *row.subject_cost->cpu_us_per_request * 1000;
      rows.push_back(row);
    }
  }
  return build_report(rows, test::report_info());
}

TEST(ColumnUnits, PeopleGetTheFittingUnitInEveryFormat) {
  for (const std::string& text : {terminal_report(slow_report()), markdown_report(slow_report())}) {
    EXPECT_THAT(text, AllOf(HasSubstr("CPU ms/req"), HasSubstr("p99 ms"), HasSubstr("p50 us")));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("CPU us/req")), Not(HasSubstr("p99 us"))));
  }
  EXPECT_THAT(latex_report(slow_report()), AllOf(HasSubstr("p99 ms"), HasSubstr("p50 $\\mu$s")));
}

TEST(ColumnUnits, TheOverviewNamesTheUnitThatItsColumnsShare) {
  const Table overview = slow_report().overview.value();
  EXPECT_THAT(overview.caption, testing::StartsWith("CPU ms/req of every table"));
  EXPECT_EQ(overview.columns[1].title, "http-1");
  EXPECT_EQ(test::cell_of(overview, "event-loop", "http-1").text, "5.81");
}

TEST(ColumnUnits, MachinesGetTheUnitsOfTheRows) {
  const std::string csv = csv_report(slow_report()), json = json_report(slow_report());
  EXPECT_THAT(csv, HasSubstr("cpu_us_per_request,us/req,"));
  EXPECT_THAT(json,
              AllOf(HasSubstr("\"title\": \"CPU us/req\""), HasSubstr("\"text\": \"5.81k\""), HasSubstr("\"us/req\"")));
}

TEST(JobSummary, HasEachNumberInTheUnitThatFitsIt) {
  journal::Trial row = test::count_rows(1).front();
  row.job->elapsed_ns = 1'010'000'000;
  row.subject_cost->cpu_us = 402'000;
  row.job->figures = {{"turn_us", 1'650},
                      {"deadlocks", 3},
                      {"operations_per_s", 1.32e6},
                      {"parent_changed_yes_or_no", 1},
                      {"left_after_wait_yes_or_no", 0}};
  const std::string text = job_summary(row, {});
  EXPECT_THAT(text, HasSubstr(" · 1.01 s · 402 ms of CPU\n"));
  EXPECT_THAT(text, testing::ContainsRegex("  turn  +1\\.65 ms\n"));
  EXPECT_THAT(text, testing::ContainsRegex("  deadlocks  +3\n"));
  EXPECT_THAT(text, testing::ContainsRegex("  operations /s  +1\\.32M\n"));
  EXPECT_THAT(text, testing::ContainsRegex("  parent changed  +yes\n"));
  EXPECT_THAT(text, testing::ContainsRegex("  left after wait  +no\n"));
}

}  // namespace
}  // namespace bakeoff::report

// The table of a sweep: ratios at every point, and what the points say together.
#include "harness/report/sweep_table.h"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/report/json.h"
#include "harness/report/markdown.h"
#include "harness/report/table.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::vector<double> kConnections{1, 4, 16, 64, 256};

std::string table_at(double connections) {
  return "http-" + std::to_string(static_cast<int>(connections));
}

/// event-loop is dearer than threads at 1 connection, alike at 4 and cheaper from 16 on; prefork costs as threads does.
std::vector<journal::Trial> rows_of(int blocks, const std::vector<double>& at = kConnections) {
  std::vector<journal::Trial> rows;
  for (const double connections : at) {
    const double loop = connections < 2 ? 12 : connections < 8 ? 10 : 6;
    for (int block = 0; block < blocks; ++block) {
      for (const test::Costs& costs : {test::Costs{"threads", 10, 100'000, 600, 1'200, 2, 3 + connections / 16},
                                       test::Costs{"prefork", 10, 100'000, 600, 1'200, 2, 4 + connections / 4},
                                       test::Costs{"event-loop", loop, 150'000, 500, 1'000, 0.1, 3}}) {
        journal::Trial row = test::server_row(costs, block);
        row.table = table_at(connections);
        row.params.load.connections = static_cast<std::uint64_t>(connections);
        rows.push_back(row);
      }
    }
  }
  return rows;
}

ReportInfo info_of(const std::vector<double>& at = kConnections) {
  ReportInfo info = test::report_info();
  info.baseline = "threads";
  info.tables.clear();
  journal::SweepFacts sweep{.name = "http", .key = "connections", .points = {}};
  for (const double connections : at) {
    info.tables.push_back(table_at(connections));
    sweep.points.push_back({.table = table_at(connections), .value = connections});
  }
  info.sweeps = {sweep};
  return info;
}

Table sweep_of(const std::vector<journal::Trial>& rows, const ReportInfo& info) {
  return build_report(rows, info).tables.front();
}

TEST(SweepTable, LooksLikeThisAndStandsBeforeItsPoints) {
  const Report report = build_report(rows_of(9), info_of());
  std::vector<std::string> names;
  for (const Table& table : report.tables) names.push_back(table.name);
  EXPECT_THAT(names, ElementsAre("http", "http-1", "http-4", "http-16", "http-64", "http-256"));
  test::expect_golden("sweep.txt", terminal_table(report.tables.front()));
  test::expect_golden("sweep.md", markdown_table(report.tables.front()));
}

TEST(SweepTable, SaysWhereSubjectsCrossByMeasuredPointsOnly) {
  const Table table = sweep_of(rows_of(9), info_of());
  EXPECT_THAT(table.notes, Contains("event-loop is above threads up to 1, and below it from 16 connections on: they "
                                    "cross between 1 and 16"));
  EXPECT_THAT(table.notes, Contains("prefork is not told apart from threads at 256 connections, the last point"));
  EXPECT_EQ(test::cell_of(table, "threads", "at_16").text, "1.00");
  EXPECT_LT(test::cell_of(table, "event-loop", "at_16").value, 0.7);
  EXPECT_FALSE(test::cell_of(table, "event-loop", "at_16").interval);
  EXPECT_TRUE(test::cell_of(table, "prefork", "at_16").tied);
}

TEST(SweepTable, ClaimsNothingWithTooFewBlocks) {
  const Table table = sweep_of(rows_of(7), info_of());
  EXPECT_THAT(table.notes, Contains("no crossovers: telling 5 points apart at 95 % together needs 8 blocks with valid "
                                    "values"));
  EXPECT_THAT(table.notes, Not(Contains(HasSubstr("cross between"))));
}

TEST(SweepTable, TellsHowMemoryGrows) {
  const Table table = sweep_of(rows_of(9), info_of());
  const auto note_of = [&](const std::string& subject) {
    for (const std::string& note : table.notes) {
      if (note.starts_with(subject + ": ")) return note;
    }
    return std::string();
  };
  EXPECT_THAT(note_of("prefork"), HasSubstr("PSS as connections^0.5"));
  EXPECT_THAT(note_of("event-loop"), HasSubstr("PSS as connections^0.00 [0.00, 0.00]"));
  EXPECT_THAT(note_of("event-loop"), StartsWith("event-loop: CPU per req grows as connections^-0.1"));
}

TEST(SweepTable, UsesNoVoidNumber) {
  std::vector<journal::Trial> rows = rows_of(9);
  for (journal::Trial& row : rows) {
    if (row.subject == "event-loop" && row.table == "http-256") row.validity = {{"cpu_per_request", "noisy"}};
  }
  const Table table = sweep_of(rows, info_of());
  EXPECT_EQ(test::cell_of(table, "event-loop", "at_256").text, "");
  EXPECT_THAT(table.notes, Contains("event-loop is not told apart from threads at 256 connections, the last point"));
}

TEST(SweepTable, NeedsTwoPointsWithRowsAndSortsThem) {
  EXPECT_EQ(build_report(rows_of(9, {16}), info_of()).tables.size(), 1U) << "one point is no sweep";
  const Table table = sweep_of(rows_of(9, {64, 1, 4}), info_of({64, 1, 4}));
  std::vector<std::string> titles;
  for (const Column& column : table.columns) titles.push_back(column.title);
  EXPECT_THAT(titles, ElementsAre("subject", "1", "4", "64"));
  ReportInfo none = info_of();
  none.sweeps.clear();
  EXPECT_EQ(build_report(rows_of(9), none).tables.size(), 5U);
}

TEST(SweepTable, SaysInAWordWhatHasNoNumberAtAPoint) {
  std::vector<journal::Trial> rows = rows_of(9);
  for (journal::Trial& row : rows) {
    if (row.subject != "prefork" || row.table != "http-256") continue;
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = "too many processes";
  }
  EXPECT_EQ(test::cell_of(sweep_of(rows, info_of()), "prefork", "at_256").text, "limit");
}

}  // namespace
}  // namespace bakeoff::report

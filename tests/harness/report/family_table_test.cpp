// Tables of many runtimes: rows by language, letters within a language, and what the runtimes are.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "harness/report/csv.h"
#include "harness/report/families.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"
#include "tests/harness/fixtures/runtime_rows.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Report runtime_report(int blocks = 8) {
  return build_report(test::runtime_rows(blocks), test::runtime_info());
}

Table runtime_table(int blocks = 8) {
  return runtime_report(blocks).tables.at(0);
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) widest = std::max(widest, display_width(line));
  return widest;
}

std::string letters(const Table& table, const std::string& subject) {
  return test::cell_of(table, subject, "cpu_us_per_request").letters;
}

TEST(Families, RowsOfALanguageStandTogetherInTheOrderOfTheExperiment) {
  std::vector<std::string> families;
  std::vector<std::string> java;
  for (const FamilyRows& family : rows_by_family(runtime_table())) {
    families.push_back(family.family);
    if (family.family != "java") continue;
    for (const std::size_t row : family.rows) java.push_back(runtime_table().rows[row].subject);
  }
  EXPECT_THAT(families, ElementsAre("models", "go", "java", "node", "python", "ruby", "rust"));
  EXPECT_THAT(java, ElementsAre("java-nio", "java-virtual", "java-platform", "java-virtual:heap=64"));
}

TEST(Families, AreShownOfManyRowsWithARuntimeAmongThem) {
  const ReportInfo info = test::runtime_info();
  EXPECT_TRUE(shows_families(info.subjects, info));
  EXPECT_FALSE(
      shows_families({"threads", "go", "java-nio", "java-virtual", "node", "node-cluster", "fibers", "prefork"}, info))
      << "eight rows are seen at a glance";
  EXPECT_FALSE(shows_families(
      {"threads", "go", "java-nio", "node", "python-asyncio", "ruby-threads", "rust-tokio", "fibers", "prefork"}, info))
      << "a heading for every row";
  ReportInfo twins = info;
  for (auto& [subject, family] : twins.families) family = family == "python" ? "servers" : "models";
  EXPECT_FALSE(shows_families(info.subjects, twins)) << "twins stay neighbours";
  ReportInfo builds = info;
  builds.against = "build/other";
  EXPECT_FALSE(shows_families(info.subjects, builds));
}

TEST(Families, ResultsThatDoNotKnowThemAreShownAsBefore) {
  ReportInfo info = test::runtime_info();
  info.families.clear();
  const Table table = build_table(test::runtime_rows(8), "http", info);
  EXPECT_FALSE(table.by_family);
  EXPECT_EQ(table.rows[2].subject, "go");
  EXPECT_EQ(table.rows[23].subject, "fibers");
  EXPECT_THAT(table.notes, Contains(HasSubstr("no letters: telling 276 pairs apart")));
  EXPECT_THAT(csv_report(build_report(test::runtime_rows(8), info)), Not(HasSubstr("family")));
}

TEST(Families, LettersCompareWithinAFamilyOfAtMostFour) {
  const Table table = runtime_table();
  EXPECT_EQ(letters(table, "event-loops"), "a");
  EXPECT_EQ(letters(table, "threads"), letters(table, "fibers")) << "they cost nearly the same";
  EXPECT_NE(letters(table, "threads"), letters(table, "event-loops"));
  EXPECT_EQ(letters(table, "java-nio"), "a") << "of its own family";
  EXPECT_EQ(letters(table, "java-virtual:heap=64"), "d");
  EXPECT_EQ(letters(table, "python-asyncio"), "");
  EXPECT_EQ(letters(table, "go"), "") << "nothing to compare with";
  EXPECT_THAT(table.legend, StartsWith("letters compare within a family only"));
  EXPECT_EQ(std::ranges::count_if(table.notes, [](const std::string& note) { return note.starts_with("no letters"); }),
            1);
  EXPECT_THAT(table.notes, Contains("no letters within python: a family of more than 4 subjects gets none"));
}

TEST(Families, EachHasACorrectionOfItsOwn) {
  // One pair needs 6 blocks, three need 7, six need 8.
  const Table table = runtime_table(7);
  EXPECT_EQ(letters(table, "java-nio"), "");
  EXPECT_EQ(letters(table, "rust-tokio"), "a");
  EXPECT_EQ(letters(table, "rust-threads"), "b");
  EXPECT_NE(letters(table, "node"), "");
  EXPECT_THAT(table.notes, Contains("no letters within models, java: telling 6 pairs apart at 95 % together needs 8 "
                                    "blocks with valid values"));
}

TEST(Families, TheBestIsTheBestOfTheTable) {
  const Table table = runtime_table();
  EXPECT_TRUE(test::cell_of(table, "event-loops", "cpu_us_per_request").best);
  for (const TableRow& row : table.rows) {
    if (row.subject == "event-loops" || !row.remark.empty()) continue;
    EXPECT_FALSE(test::cell_of(table, row.subject, "cpu_us_per_request").best) << row.subject;
  }
}

TEST(Families, CsvAndJsonHaveThem) {
  const std::string csv = csv_report(runtime_report());
  EXPECT_THAT(csv, HasSubstr("remark,family"));
  EXPECT_THAT(csv, HasSubstr(",java\r\n"));
  const std::string json = json_report(runtime_report());
  EXPECT_THAT(json, HasSubstr("\"family\": \"python\""));
}

TEST(Families, ATableOfTwentyFiveFitsAHundredColumnsInOnePiece) {
  const std::string text = terminal_table(runtime_table(), {.width = 100});
  EXPECT_LE(widest_line(text), 100U);
  EXPECT_THAT(text, AllOf(HasSubstr("\npython\n"), HasSubstr("\n  python-asyncio ")));
  EXPECT_EQ(text.find("  go "), text.rfind("  go ")) << "nothing is continued below";
  EXPECT_THAT(text, HasSubstr("no room for p50 ms, switches/req and steady after s"));
  const std::string coloured = terminal_table(runtime_table(), {.width = 100, .colour = true});
  EXPECT_LE(widest_line(coloured), 100U);
  EXPECT_THAT(coloured, HasSubstr("no room for switches/req and steady after s")) << "bold needs no room";
  EXPECT_THAT(terminal_table(runtime_table()), HasSubstr("switches/req"));
  EXPECT_THAT(terminal_table(runtime_table()), Not(HasSubstr("no room")));
}

TEST(Families, OnEightyColumnsAllColumnsAreContinuedBelow) {
  const std::string text = terminal_table(runtime_table(), {.width = 80});
  EXPECT_LE(widest_line(text), 80U);
  EXPECT_THAT(text, AllOf(HasSubstr("switches/req"), HasSubstr("cold"), Not(HasSubstr("no room"))));
}

TEST(Golden, RuntimesForATerminalOfAHundredColumns) {
  test::expect_golden("runtimes-100.txt", terminal_report(runtime_report(), {.width = 100}));
}
TEST(Golden, RuntimesForATerminalOfEightyColumns) {
  test::expect_golden("runtimes-80.txt", terminal_report(runtime_report(), {.width = 80}));
}
TEST(Golden, RuntimesAsMarkdown) {
  test::expect_golden("runtimes.md", markdown_report(runtime_report()));
}
TEST(Golden, RuntimesAsLatex) {
  test::expect_golden("runtimes.tex", latex_report(runtime_report()));
}
TEST(Golden, RuntimesAsCsv) {
  test::expect_golden("runtimes.csv", csv_report(runtime_report()));
}

}  // namespace
}  // namespace bakeoff::report

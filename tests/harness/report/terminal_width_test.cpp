// Tables and sentences in the columns that there are: what goes first, what is continued below, and what stays whole in
// a pipe.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "harness/report/markdown.h"
#include "harness/report/table.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

std::vector<std::string> lines_of_text(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Texts of ten columns below titles of two.
Table wide_table(std::size_t columns) {
  Table table;
  table.caption = "made up";
  table.columns.push_back({"subject", "subject", "", Align::left});
  table.rows.push_back({.subject = "threads", .cells = {}, .remark = {}});
  table.rows[0].cells.emplace_back().text = "threads";
  for (std::size_t c = 0; c < columns; ++c) {
    table.columns.push_back({"c", std::string(1, static_cast<char>('A' + c)) + "!", ""});
    table.rows[0].cells.emplace_back().text = "1234567890";
  }
  return table;
}

/// The words of each header.
std::vector<std::string> header_words(const Table& table, std::size_t width) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of_text(terminal_table(table, {.width = width}))) {
    if (!line.starts_with("subject")) continue;
    std::istringstream words(line);
    std::string header;
    for (std::string word; words >> word;) header += (header.empty() ? "" : " ") + word;
    found.push_back(header);
  }
  return found;
}

TEST(TerminalWidth, LikeGoesFirstWhereThereIsNoRoom) {
  const Report report = test::good_report();
  const auto header_at = [&](std::size_t width) { return header_words(report.tables[0], width).front(); };
  EXPECT_THAT(header_at(140), HasSubstr("subject like CPU"));
  EXPECT_EQ(header_at(110), "subject CPU us/req vs threads req/s p50 us p99 ms switches/req PSS MiB")
      << "all the others";
  EXPECT_THAT(header_at(60), testing::StartsWith("subject CPU us/req vs threads"));
  EXPECT_THAT(terminal_table(report.tables[0], {.width = 60}), Not(HasSubstr("…"))) << "nothing is cut";
}

TEST(TerminalWidth, TheExecutorOfAJobIsNoSuchColumn) {
  EXPECT_THAT(header_words(test::good_report().tables[1], 60).front(), testing::StartsWith("subject executor"));
}

TEST(TerminalWidth, NoPartIsATableOfOneColumn) {
  // Beside the subject there is room for three columns of ten.
  EXPECT_THAT(header_words(wide_table(3), 45), testing::ElementsAre("subject A! B! C!"));
  EXPECT_THAT(header_words(wide_table(4), 45), testing::ElementsAre("subject A! B!", "subject C! D!"));
  EXPECT_THAT(header_words(wide_table(7), 45),
              testing::ElementsAre("subject A! B! C!", "subject D! E!", "subject F! G!"));
  for (std::size_t columns = 2; columns < 12; ++columns) {
    for (const std::size_t width : {45U, 57U, 70U}) {
      for (const std::string& header : header_words(wide_table(columns), width)) {
        EXPECT_GE(std::count(header.begin(), header.end(), '!'), 2) << columns << " columns at " << width;
      }
    }
  }
}

TEST(TerminalWidth, ALongNameIsBrokenBetweenItsSettingsBeforeATableIsBrokenInTwo) {
  Table table = wide_table(4);
  table.rows[0].cells[0].text = table.rows[0].subject = "spawn-fork:parent-mib=100:huge-pages=yes";
  EXPECT_THAT(header_words(table, 80), testing::ElementsAre("subject A! B! C! D!"));
  EXPECT_THAT(lines_of_text(terminal_table(table, {.width = 80})),
              AllOf(Contains("spawn-fork:parent-mib=100:  1234567890  1234567890  1234567890  1234567890"),
                    Contains("  huge-pages=yes")));
  EXPECT_THAT(lines_of_text(terminal_table(table, {.width = 90})), Contains(HasSubstr("huge-pages=yes  1234567890")));
}

TEST(TerminalWidth, TitlesAreBrokenWhereAColumnWouldStandAlone) {
  Table table = wide_table(3);
  table.columns[3].title = "a title of many words";
  // There is room for three columns of ten.
  EXPECT_THAT(lines_of_text(terminal_table(table, {.width = 43})),
              testing::ElementsAre("made up", std::string(33, ' ') + "a title of",
                                   "subject          A!          B!  many words",
                                   "threads  1234567890  1234567890  1234567890"));
}

TEST(TerminalWidth, APartHasOnlyTheRowsOfWhichItKnowsSomething) {
  Table table = wide_table(4);
  for (const std::size_t known : {1U, 4U, 0U}) {
    TableRow row{.subject = "row" + std::to_string(known), .cells = std::vector<Cell>(5), .remark = {}};
    row.cells[0].text = row.subject;
    if (known != 0) row.cells[known].text = "9";
    table.rows.push_back(row);
  }
  const std::string text = terminal_table(table, {.width = 40});
  const std::string first = text.substr(0, text.find("\n\n")), second = text.substr(first.size());
  EXPECT_THAT(first, AllOf(HasSubstr("row1"), Not(HasSubstr("row4")), HasSubstr("row0"))) << "the last is nowhere else";
  EXPECT_THAT(second, AllOf(HasSubstr("row4"), Not(HasSubstr("row1")), Not(HasSubstr("row0"))));
}

TEST(TerminalWidth, WhereOnlyOneColumnFitsEveryColumnIsShown) {
  EXPECT_THAT(header_words(wide_table(3), 20), testing::ElementsAre("subject A!", "subject B!", "subject C!"));
  EXPECT_THAT(header_words(wide_table(1), 80), testing::ElementsAre("subject A!"));
}

TEST(TerminalWidth, ATableWithTheSubjectAloneHasNoGridAndItsNotesNameTheRows) {
  std::vector<journal::Trial> rows = test::mechanism_rows(2);
  for (journal::Trial& row : rows) {
    if (row.subject != "other") continue;
    row.outcome = journal::Outcome::not_run;
    row.outcome_detail = "needs more";
  }
  const Table table = build_table(rows, "mechanism", {});
  EXPECT_THAT(table.notes, AllOf(Contains("one: no figures"), Contains("other: not-run: needs more")));
  EXPECT_THAT(lines_of_text(terminal_table(table)), Not(Contains(testing::StartsWith("subject"))));
  EXPECT_THAT(markdown_table(table), Not(HasSubstr("|")));
}

TEST(TerminalWidth, ARemarkIsToldOnceAndStandsBelowItsSubjectWhereThereIsNoRoomBeside) {
  Table table = wide_table(6);
  table.rows.push_back(
      {.subject = "a-subject-with-a-long-name", .cells = {}, .remark = "not-run: needs the program nginx"});
  table.rows[1].cells.emplace_back().text = table.rows[1].subject;
  const std::vector<std::string> lines = lines_of_text(terminal_table(table, {.width = 52}));
  EXPECT_THAT(lines, Contains("    not-run: needs the program nginx"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), "a-subject-with-a-long-name"), 1) << "and not in the parts below";
  EXPECT_THAT(lines_of_text(terminal_table(table, {.width = 100})),
              Contains("a-subject-with-a-long-name  not-run: needs the program nginx"));
}

TEST(TerminalWidth, InAPipeSentencesAreBrokenAndRowsAreNot) {
  const std::vector<std::string> lines = lines_of_text(terminal_report(test::troubled_report(), {.text_width = 100}));
  const auto is_of_the_grid = [](const std::string& line) {
    return line.starts_with("subject") || line.find("   ") != line.npos;
  };
  std::size_t wide = 0;
  for (const std::string& line : lines) {
    if (is_of_the_grid(line)) {
      wide += display_width(line) > 100 ? 1 : 0;
    } else {
      EXPECT_LE(display_width(line), 100U) << line;
    }
  }
  EXPECT_GT(wide, 3U) << "a row is one line, with all its columns";
  EXPECT_THAT(lines, Contains(HasSubstr("like")));
}

TEST(TerminalWidth, MarkdownKeepsAParagraphInOneLine) {
  EXPECT_THAT(markdown_report(test::troubled_report()),
              HasSubstr("- noisy: threads: req/s, p50, p99 from 7 of 8 blocks; "
                        "fibers: req/s, p50, p99 struck out; event-loop: "));
}

TEST(TerminalWidth, SentencesOfTheHeadAndTheFootAreBrokenToo) {
  const std::string text = terminal_sentences({"one two three", "four"}, {.width = 9});
  EXPECT_EQ(text, "one two\n  three\nfour\n");
  EXPECT_THAT(lines_of_text(terminal_report(test::good_report(), {.width = 60})),
              Each(ResultOf(display_width, Le(60U))));
}

}  // namespace
}  // namespace bakeoff::report

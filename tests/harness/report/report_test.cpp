#include <gmock/gmock.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/report/json.h"
#include "harness/report/markdown.h"
#include "harness/report/number_format.h"
#include "harness/report/report_info.h"
#include "harness/report/table.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

TEST(Golden, Terminal) {
  test::expect_golden("good.txt", terminal_report(test::good_report()));
}
TEST(Golden, TerminalWithTrouble) {
  test::expect_golden("troubled.txt", terminal_report(test::troubled_report()));
}
TEST(Golden, TerminalOfEightyColumns) {
  test::expect_golden("troubled-80.txt", terminal_report(test::troubled_report(), {.width = 80, .colour = false}));
}
TEST(Golden, TerminalInColour) {
  test::expect_golden("troubled-colour.txt", terminal_report(test::troubled_report(), {.width = 0, .colour = true}));
}
TEST(Golden, TerminalOfTooFewBlocks) {
  test::expect_golden("two-blocks.txt", terminal_report(build_report(test::http_rows(2), test::report_info())));
}
TEST(Golden, Markdown) {
  test::expect_golden("good.md", markdown_report(test::good_report()));
}
TEST(Golden, MarkdownWithTrouble) {
  test::expect_golden("troubled.md", markdown_report(test::troubled_report()));
}
TEST(Golden, Json) {
  test::expect_golden("good.json", json_report(test::good_report()));
}
TEST(Golden, JsonWithTrouble) {
  test::expect_golden("troubled.json", json_report(test::troubled_report()));
}

TEST(Terminal, NoLineIsWiderThanTheTerminal) {
  for (const std::size_t width : {60u, 80u, 100u, 200u}) {
    std::istringstream text(terminal_report(test::troubled_report(), {.width = width, .colour = false}));
    for (std::string line; std::getline(text, line);) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(Terminal, ColourAddsNothingButEscapes) {
  std::string text = terminal_report(test::troubled_report(), {.width = 0, .colour = true});
  EXPECT_THAT(text, HasSubstr("\x1b[1m"));
  EXPECT_THAT(terminal_report(test::troubled_report()), Not(HasSubstr("\x1b")));
}

TEST(Table, AValueIsTheMedianOverTheValidBlocks) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 5; ++block) {
    journal::Trial trial = test::server_row({.subject = "threads"}, block);
    trial.subject_cost->cpu_us_per_request = 10.0 + block;
    if (block == 4) trial.validity = {{"cpu_per_request", "noisy"}};
    rows.push_back(trial);
  }
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").value, 11.5);
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").blocks, 4u);
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").struck_reason, "");
  EXPECT_THAT(table.notes, Contains(HasSubstr("threads: CPU per req, switches/req from 4 of 5 blocks")));
}

TEST(Table, AVoidValueIsShownStruckOutWithItsReasonAndNeverRanked) {
  const Table table = test::troubled_report().tables.at(0);
  EXPECT_EQ(test::cell_of(table, "fibers", "throughput_rps").struck_reason, "noisy");
  EXPECT_NE(test::cell_of(table, "fibers", "throughput_rps").text, "");
  EXPECT_FALSE(test::cell_of(table, "fibers", "throughput_rps").best);
  EXPECT_FALSE(test::cell_of(table, "fibers", "latency_us.p50").best);
  EXPECT_EQ(test::cell_of(table, "fibers", "cpu_us_per_request").struck_reason, "");
}

TEST(Table, OnlyTheRowsOfItsOwnNameCount) {
  std::vector<journal::Trial> rows = test::http_rows(6);
  const Table alone = build_table(rows, "http", test::report_info());
  const std::vector<journal::Trial> jobs = test::count_rows(6);
  rows.insert(rows.end(), jobs.begin(), jobs.end());
  EXPECT_EQ(terminal_table(build_table(rows, "http", test::report_info())), terminal_table(alone));
}

TEST(Table, TheOrderOfTheRowsDoesNotMatter) {
  std::vector<journal::Trial> rows = test::troubled_rows();
  const std::string forward = json_report(build_report(rows, test::report_info()));
  // Subjects that the order does not name come as they are met: named here.
  ReportInfo info = test::report_info();
  info.subjects.insert(info.subjects.end(), {"nginx", "thread-pool"});
  std::reverse(rows.begin(), rows.end());
  EXPECT_EQ(json_report(build_report(rows, info)), forward);
}

TEST(Table, TheAttemptOfWhichLeastIsVoidCountsWhateverItsNumbers) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  journal::Trial again = rows[0];
  again.attempt = 2;
  again.subject_cost->cpu_us_per_request = 1;
  again.validity = {{"cpu_per_request", "noisy"}, {"latency", "noisy"}, {"throughput", "noisy"}};
  rows[0].validity = {{"latency", "noisy"}, {"throughput", "noisy"}};
  rows.push_back(again);
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").blocks, 8u);
  EXPECT_EQ(test::cell_of(table, "threads", "throughput_rps").blocks, 7u);
  EXPECT_THAT(table.notes, Contains("1 noisy trial was run once more in its block, 1 still noisy then"));
}

TEST(Table, OfEqualAttemptsTheLastCounts) {
  std::vector<journal::Trial> rows = test::http_rows(6);
  journal::Trial again = rows[0];
  again.attempt = 2;
  again.subject_cost->cpu_us_per_request = 1000;
  rows.insert(rows.begin(), again);  // Even when it stands before the first.
  Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").blocks, 6u);
  EXPECT_THAT(table.notes, Contains("1 noisy trial was run once more in its block"));
}

TEST(Table, ARepeatThatMeasuredNothingDoesNotHideWhatTheFirstDid) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  rows[0].validity = {{"latency", "noisy"}, {"throughput", "noisy"}};
  journal::Trial again = rows[0];
  again.attempt = 2;
  again.client.reset();
  again.subject_cost.reset();
  again.outcome = journal::Outcome::limit;
  again.validity.clear();
  rows.push_back(again);
  EXPECT_EQ(test::cell_of(build_table(rows, "http", test::report_info()), "threads", "cpu_us_per_request").blocks, 8u);
}

TEST(Table, TrialsThatDiedGiveNoNumbers) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& trial : rows) {
    if (trial.subject != "fibers" || trial.block != 2) continue;
    trial.outcome = journal::Outcome::died;
    trial.outcome_detail = "exited with 3";
    trial.subject_cost->cpu_us_per_request = 1e9;
  }
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "fibers", "cpu_us_per_request").blocks, 7u);
  EXPECT_EQ(test::cell_of(table, "fibers", "ratio").blocks, 7u);
  EXPECT_EQ(test::cell_of(table, "event-loop", "ratio").blocks, 8u);
  EXPECT_THAT(table.notes, Contains("fibers: died in 1 of 8 trials: exited with 3"));
}

TEST(Table, ASubjectThatStarvesIsNeverTheBest) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& trial : rows) {
    if (trial.subject == "event-loop" && trial.block == 0) trial.outcome = journal::Outcome::starved;
  }
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_FALSE(test::cell_of(table, "event-loop", "cpu_us_per_request").best);
  EXPECT_FALSE(test::cell_of(table, "event-loop", "throughput_rps").best);
  EXPECT_TRUE(test::cell_of(table, "fibers", "throughput_rps").best ||
              test::cell_of(table, "threads", "throughput_rps").best);
}

TEST(Table, WithFewerThanSixBlocksNothingIsCalledTheBest) {
  const Table table = build_table(test::http_rows(5), "http", test::report_info());
  for (const TableRow& row : table.rows) {
    for (const Cell& one : row.cells) {
      EXPECT_FALSE(one.best);
      EXPECT_FALSE(one.interval);
      EXPECT_EQ(one.letters, "");
    }
  }
  EXPECT_THAT(table.notes, Contains("no intervals: they need 6 blocks"));
  EXPECT_THAT(table.caption, Not(HasSubstr("intervals")));
}

TEST(Report, NeverPutsAnOpenAndAClosedLoadIntoOneTable) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  for (journal::Trial& row : rows) {
    if (row.block == 1) row.params.load.rate_rps = journal::kUnknownRate;
  }
  const Report report = build_report(rows, test::report_info());
  ASSERT_EQ(report.tables.size(), 2U);
  EXPECT_EQ(report.tables[0].name, "http");
  EXPECT_EQ(report.tables[1].name, "http (open)");
  EXPECT_THAT(report.tables[1].caption, HasSubstr("open loop"));
  EXPECT_THAT(build_table(rows, "http", test::report_info()).caption, HasSubstr("1 block "));
}

TEST(Table, MoreIsBetterForThroughputAndLessForCosts) {
  const Table table = build_table(test::http_rows(8), "http", test::report_info());
  EXPECT_TRUE(test::cell_of(table, "event-loop", "throughput_rps").best);
  EXPECT_TRUE(test::cell_of(table, "event-loop", "cpu_us_per_request").best);
  EXPECT_TRUE(test::cell_of(table, "event-loop", "latency_us.p99").best);
  EXPECT_FALSE(test::cell_of(table, "prefork", "throughput_rps").best);
}

TEST(Table, WhereNobodyStandsOutNobodyIsMarked) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 8; ++block) {
    rows.push_back(test::server_row({.subject = "fibers"}, block));
    rows.push_back(test::server_row({.subject = "threads"}, block));
    rows.back().subject_cost = rows[rows.size() - 2].subject_cost;
  }
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "cpu_us_per_request").letters, "a");
  EXPECT_EQ(test::cell_of(table, "fibers", "cpu_us_per_request").letters, "a");
  EXPECT_FALSE(test::cell_of(table, "threads", "cpu_us_per_request").best);
  EXPECT_TRUE(test::cell_of(table, "fibers", "ratio").tied);
}

TEST(Table, P99IsTheNinetyNinthPercentile) {
  // A published harness wrote p95 under this name.
  journal::Trial trial = test::server_row({.subject = "threads"}, 0);
  trial.client->latency_us["total"] = {
      .p50 = 50, .p90 = 90, .p99 = 99, .p999 = 999, .max = 1000, .mean = 60, .count = 5};
  const Table table = build_table(std::vector{trial}, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "latency_us.p99").value, 99);
  EXPECT_EQ(test::cell_of(table, "threads", "latency_us.p50").value, 50);
}

TEST(Table, WithoutABaselineThereAreNoRatios) {
  ReportInfo info = test::report_info();
  info.baseline = "nginx";
  const Table table = build_table(test::http_rows(6), "http", info);
  for (const Column& column : table.columns) EXPECT_NE(column.key, "ratio");
}

TEST(Table, OfNoRowsIsEmptyButWhole) {
  const Report report = build_report({}, test::report_info());
  EXPECT_TRUE(report.tables.empty());
  EXPECT_THAT(terminal_report(report), HasSubstr("quick"));
  EXPECT_THAT(terminal_table(build_table({}, "http", {})), HasSubstr("http"));
  EXPECT_THAT(markdown_table(build_table({}, "http", {})), HasSubstr("http"));
}

TEST(Table, NumbersThatAreNoneAreNotShown) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& trial : rows) {
    if (trial.subject == "fibers") {
      trial.subject_cost->cpu_us_per_request = std::numeric_limits<double>::quiet_NaN();
    }
    if (trial.subject == "prefork") trial.subject_cost->cpu_us_per_request = -1;
  }
  const Report report = build_report(rows, test::report_info());
  EXPECT_EQ(test::cell_of(report.tables[0], "fibers", "cpu_us_per_request").text, "");
  EXPECT_FALSE(test::cell_of(report.tables[0], "prefork", "ratio").value);
  EXPECT_THAT(terminal_report(report), Not(HasSubstr("nan")));
  EXPECT_TRUE(nlohmann::json::accept(json_report(report)));
}

TEST(Json, IsOneDocumentWithTheFieldsOfARow) {
  const auto json = nlohmann::json::parse(json_report(test::good_report()));
  EXPECT_EQ(json.at("experiment"), "quick");
  const auto& row = json.at("tables").at(0).at("rows").at(3);
  EXPECT_EQ(row.at("subject"), "event-loop");
  EXPECT_EQ(row.at("like"), "Redis, Node");
  EXPECT_TRUE(row.at("cells").at("cpu_us_per_request").at("value").is_number());
  EXPECT_TRUE(row.at("cells").at("ratio").contains("low"));
  EXPECT_FALSE(row.at("cells").at("throughput_rps").contains("void"));
}

TEST(Markdown, TextOfARowCannotBreakTheTable) {
  std::vector<journal::Trial> rows = test::http_rows(1);
  rows[0].outcome = journal::Outcome::died;
  rows[0].outcome_detail = "a | b\n<script> *x* ~~y~~ ![z](http://127.0.0.1/)";
  const std::string text = markdown_report(build_report(rows, test::report_info()));
  EXPECT_THAT(text, HasSubstr("a \\| b \\<script> \\*x\\* \\~\\~y\\~\\~ \\![z]("));
}

TEST(FormatNumber, HasThreeSignificantDigits) {
  const std::vector<std::pair<double, std::string>> cases{{0, "0"},
                                                          {1, "1.00"},
                                                          {5.484, "5.48"},
                                                          {9.994, "9.99"},
                                                          {9.996, "10.0"},
                                                          {99.94, "99.9"},
                                                          {99.96, "100"},
                                                          {999.4, "999"},
                                                          {999.6, "1.00k"},
                                                          {1234, "1.23k"},
                                                          {102'400, "102k"},
                                                          {999'600, "1.00M"},
                                                          {0.512, "0.512"},
                                                          {0.0312, "0.0312"},
                                                          {0.00123, "0.00123"},
                                                          {0.9996, "1.00"},
                                                          {0.00001, "1.00e-05"},
                                                          {-12.34, "-12.3"},
                                                          {2.5e9, "2.50G"},
                                                          {std::numeric_limits<double>::quiet_NaN(), ""},
                                                          {std::numeric_limits<double>::infinity(), ""}};
  for (const auto& [value, text] : cases) EXPECT_EQ(format_number(value), text) << value;
}

TEST(Wrap, BreaksAtSpacesAndIndentsWhatFollows) {
  EXPECT_THAT(wrap("one two three", 9, 2), testing::ElementsAre("one two", "  three"));
  EXPECT_THAT(wrap("one two three", 0, 2), testing::ElementsAre("one two three"));
  EXPECT_THAT(wrap("unbreakable word", 4, 0), testing::ElementsAre("unbreakable", "word"));
  EXPECT_THAT(wrap("one · two at 95 % 0.6 s, three", 10, 0),
              testing::ElementsAre("one · two", "at 95 %", "0.6 s,", "three"));
  EXPECT_THAT(wrap("sixsix · two", 7, 0), testing::ElementsAre("sixsix ·", "two")) << "as a word that is too long";
}

TEST(Shorten, CountsCharactersAndNotBytes) {
  EXPECT_EQ(display_width("ünï…"), 4u);
  EXPECT_EQ(shorten("ünïcode", 4), "ünï…");
  EXPECT_EQ(shorten("abc", 3), "abc");
}

TEST(Info, SaysMachineAndBuild) {
  journal::Manifest manifest;
  manifest.bakeoff_version = "0.1.0";
  manifest.commit = "0123456789abcdef";
  manifest.dirty = true;
  manifest.compiler = "GCC 12.2.0";
  manifest.build_type = "Release";
  manifest.boost_version = "1.81";
  manifest.seed = 7;
  manifest.machine.cpu_model = "Some CPU";
  manifest.machine.cpus = {0, 1};
  manifest.machine.memory_kib = 24 * 1024 * 1024;
  manifest.machine.kernel = "6.1";
  manifest.machine.virtualised = true;
  manifest.machine.virtualisation = "kvm";
  manifest.could_not_set = {"RLIMIT_NOFILE", "cgroup"};
  EXPECT_THAT(report_info(manifest).foot,
              testing::ElementsAre("Some CPU, 2 CPUs, 24.0 GiB, 6.1, kvm",
                                   "bakeoff 0.1.0 (0123456789), uncommitted changes, GCC 12.2.0, Release, Boost 1.81, "
                                   "seed 7",
                                   "could not set: RLIMIT_NOFILE, cgroup"));
  EXPECT_EQ(report_info(journal::Manifest{}).foot.size(), 1u);
}

}  // namespace
}  // namespace bakeoff::report

// Pages: whole without their script, closed against the words of others, and asking nobody for anything.
#include "harness/report/html/html.h"

#include <gmock/gmock.h>

#include "harness/report/html/markup.h"
#include "harness/report/html/page_rows.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report::html {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(HtmlPage, HasTheQuestionTheAnswerEveryTableAndTheMachine) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const Report report = build_report(rows, test::report_info());
  const std::string page = html_page(report, {.answer = "# Yes\n\n| a | b |\n| :-- | --: |\n| c | *d* |\n",
                                              .plots = plots::build_plots(rows, test::report_info(), {}),
                                              .rows = "{}\n"});
  EXPECT_THAT(page, HasSubstr(escaped(report.question)));
  EXPECT_THAT(page, HasSubstr("<h2>Yes</h2>")) << "the page has one title";
  EXPECT_EQ(count_of(page, "<h1>"), 1U);
  EXPECT_THAT(page, HasSubstr("<em>d</em>"));
  for (const Table& table : report.tables) EXPECT_THAT(page, HasSubstr("<table data-name=\"" + table.name + "\">"));
  EXPECT_EQ(count_of(page, "<tr data-subject="), 4U);
  EXPECT_THAT(page, HasSubstr("data-key=\"cpu_us_per_request\""));
  EXPECT_THAT(page, HasSubstr("<svg "));
  EXPECT_THAT(page, HasSubstr("download=\"quick-trials.jsonl.gz\" href=\"data:application/gzip;base64,H4sI"));
  for (const std::string& line : report.foot) EXPECT_THAT(page, HasSubstr(escaped(line)));
}

TEST(HtmlPage, HasOnePlotOfATableOpenAndPacksTheOthers) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const auto plots = plots::build_plots(rows, test::report_info(), {});
  ASSERT_EQ(plots.size(), 1U);
  ASSERT_GT(plots[0].plots.size(), 2U);
  const std::string page =
      html_page(build_report(rows, test::report_info()), {.answer = "", .plots = plots, .rows = ""});
  EXPECT_THAT(page, HasSubstr(plots[0].plots[0].svg)) << "the same bytes as in a file";
  EXPECT_EQ(count_of(page, "<svg "), 1U);
  EXPECT_EQ(count_of(page, "<figure data-plot="), plots[0].plots.size() - 1);
  EXPECT_EQ(count_of(page, "id=\"packed\""), 1U);
  EXPECT_THAT(html_page(test::good_report(), {}), Not(HasSubstr("id=\"packed\"")));
}

TEST(HtmlPage, LetsTwoSubjectsBeChosenOfEachTable) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  const auto pairs = build_pairs(rows, test::report_info());
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].figure, "CPU per req");
  EXPECT_EQ(pairs[0].subjects.size(), 4U);
  ASSERT_EQ(pairs[0].pairs.size(), 6U) << "each once";
  EXPECT_EQ(pairs[0].pairs[0].ratio.pairs, 8U);
  EXPECT_TRUE(pairs[0].pairs[0].ratio.interval);
  EXPECT_EQ(pairs[0].beside.front().title, "CPU per req") << "the figure itself, then what goes with it";
  EXPECT_THAT(pairs[0].beside.front().values, testing::Each(testing::EndsWith(" us")));
  EXPECT_EQ(pairs[0].beside.back().title, "switches/req");
  EXPECT_EQ(pairs[0].pairs[0].higher_in, pairs[0].pairs[0].ratio.median > 1 ? 8U : 0U);
  EXPECT_EQ(pairs[0].blocks_for_all, 8U) << "at the level of all six";
  EXPECT_TRUE(pairs[0].pairs[0].apart_among_all);
  EXPECT_FALSE(build_pairs(test::http_rows(7), test::report_info())[0].pairs[0].apart_among_all);
  for (journal::Trial& row : rows) row.subject += "</script>";
  PageParts parts;
  parts.pairs = build_pairs(rows, test::report_info());
  const std::string page = html_page(build_report(rows, test::report_info()), parts);
  EXPECT_EQ(count_of(page, "class=\"controls pairs\""), 1U);
  EXPECT_EQ(count_of(page, "id=\"pairs\""), 1U) << "packed, for all tables";
  EXPECT_EQ(count_of(page, "</script>"), 2U) << "of the pairs, and of the page";
}

TEST(HtmlPage, SaysWhatEachSubjectIsAndLeadsBackToItsIndex) {
  PageParts parts;
  parts.index = "../index.html";
  parts.subjects = {{"threads", "a thread for every <connection>", "one stack each"}, {"mine", "", ""}};
  const std::string page = html_page(test::good_report(), parts);
  EXPECT_THAT(page, HasSubstr("<a href=\"../index.html\">all results</a>"));
  EXPECT_THAT(page,
              HasSubstr("<dt>threads</dt><dd>a thread for every &lt;connection&gt;. Its price: one stack each</dd>"));
  EXPECT_THAT(page, Not(HasSubstr("<dt>mine"))) << "nobody has said what it is";
  EXPECT_THAT(html_page(test::good_report(), {}), Not(HasSubstr("all results")));
}

TEST(PageRows, AreWholeButForTheSeriesThatAreMostOfTheirBytes) {
  EXPECT_EQ(
      without_slices("{\"b\":1,\"slices\":[{\"round\":0}],\"warm_up\":{\"slice_s\":0.1,\"cpu_us_per_request\":[9],"
                     "\"reference_us\":[1],\"steady_from\":0},\"a\":2}\nno row\n"),
      "{\"b\":1,\"warm_up\":{\"slice_s\":0.1,\"steady_from\":0},\"a\":2}\nno row\n");
  EXPECT_EQ(without_slices(""), "");
}

TEST(HtmlPage, AsksNobodyForAnything) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const std::string page =
      html_page(build_report(rows, test::report_info()),
                {.answer = "!![a picture](http://127.0.0.1/x.png) <img src=\"http://127.0.0.1/y.png\"> "
                           "[a link](other.md)",
                 .plots = plots::build_plots(rows, test::report_info(), {}),
                 .rows = ""});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("script-src 'sha256-")) << "no script but its own, not of a link either";
  EXPECT_THAT(page, Not(ContainsRegex("<(img|iframe|object|embed|base)[ >]")));
  EXPECT_THAT(page, Not(ContainsRegex("<(link|script)[^>]*(src|href)=\"http")));
  EXPECT_THAT(page, Not(ContainsRegex("url\\(|@import|@font-face|fetch\\(|XMLHttpRequest|sendBeacon")));
}

TEST(HtmlPage, TellsOnHoverAndByTheKeyboardWhyANumberIsVoidAndWhoIsTied) {
  const std::string page = html_page(test::troubled_report(), {});
  EXPECT_THAT(page, ContainsRegex("<s tabindex=\"0\" data-tip=\"void: [a-z-]+\""));
  const std::string tied = html_page(test::good_report(), {});
  EXPECT_THAT(tied, HasSubstr("data-tip=\"not told apart from "));
}

TEST(HtmlPage, ShowsTiesOfASweepAndSortsNoVoidNumber) {
  Report report = test::good_report();
  Table& table = report.tables.front();
  Cell& tied = table.rows[1].cells.back();
  tied = Cell{};
  tied.text = "1.01";
  tied.value = 1.01;
  tied.tied = true;
  Cell& struck = table.rows[2].cells.back();
  struck = Cell{};
  struck.text = "0.1";
  struck.value = 0.1;
  struck.struck_reason = "noisy";
  const std::string page = html_page(report, {});
  EXPECT_THAT(page, ContainsRegex("1.01 <span tabindex=\"0\" data-tip=\"not told apart from [a-z]+\">=</span>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"void\"><s tabindex"));
  EXPECT_THAT(page, HasSubstr("data-value=\"1.01\""));
}

TEST(HtmlPage, EscapesWhatOthersSay) {
  const std::string hostile = "<script>alert(1)</script>\"'&\x1b[31m\u202eright";
  Report report = test::good_report();
  report.experiment = report.question = hostile;
  report.foot = report.head = {hostile};
  Table& table = report.tables.front();
  table.name = table.caption = hostile;
  table.notes.push_back(hostile);
  table.rows.front().subject = table.rows.front().family = hostile;
  table.rows.back().remark = hostile;
  table.columns.front().title = hostile;
  const std::string page = html_page(report, {.answer = hostile, .plots = {}, .rows = hostile});
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("\x1b")));
  EXPECT_THAT(page, Not(HasSubstr("\u202e")));
  EXPECT_THAT(page, Not(HasSubstr("data-name=\"<")));
  EXPECT_THAT(page, Not(HasSubstr("=\"\"'&"))) << "no quote ends an attribute";
  EXPECT_EQ(count_of(page, "<script>"), 1U) << "its own";
}

TEST(HtmlPage, OfEqualRowsIsEqualByteByByte) {
  const PageParts parts{.answer = "", .plots = {}, .rows = "row\n"};
  EXPECT_EQ(html_page(test::good_report(), parts), html_page(test::good_report(), parts));
}

TEST(HtmlIndex, LinksToEachResultWithItsQuestionAndAnswer) {
  const std::vector<journal::Trial> rows = test::http_rows(8);
  const std::string index = html_index({{.title = "quick",
                                         .question = "what?",
                                         .link = "quick/report.html",
                                         .answer = "From **2** on.",
                                         .tables = {{"http-256", "t-http-256", "256 connections"}},
                                         .pairs = build_pairs(rows, test::report_info()),
                                         .subjects = {{"threads", "a thread each", ""}, {"<i>", "", ""}},
                                         .date = "2026-12-01"},
                                        {.title = "<b>", .question = "", .link = "a\"b:c/report.html"}});
  EXPECT_THAT(index, HasSubstr("<a href=\"quick/report.html\">quick</a>"));
  EXPECT_THAT(index, HasSubstr("<strong>2</strong>"));
  EXPECT_THAT(index, HasSubstr("compares threads and &lt;i&gt;<")) << "so that who looks for a subject finds it";
  EXPECT_THAT(index, HasSubstr("<a href=\"quick/report.html#t-http-256\">http-256</a>"));
  EXPECT_EQ(count_of(index, "id=\"pairs\""), 1U);
  EXPECT_THAT(html_index({{.title = "quick", .question = "", .link = "q"}}), Not(HasSubstr("id=\"pairs\"")));
  const Report report = test::good_report();
  const std::string page = html_page(report, {});
  for (const TableLink& link : table_links(report)) EXPECT_THAT(page, HasSubstr("<h2 id=\"" + link.id + "\">"));
  EXPECT_THAT(index, HasSubstr("href=\"a%22b%3Ac/report.html\">&lt;b&gt;</a>"));
}

}  // namespace
}  // namespace bakeoff::report::html

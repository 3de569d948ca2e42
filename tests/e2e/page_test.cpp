// Pages in a real browser, where one is installed: they render, sort and hide as their address says, and the console
// has no error. And what the command line makes of folders and formats.
#include <gmock/gmock.h>

#include <filesystem>
#include <set>
#include <string>

#include "harness/subjects/find_program.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kShipped = BAKEOFF_SOURCE_DIR "/results";

std::string browser() {
  for (const char* name : {"chromium", "chromium-browser", "google-chrome", "chrome"}) {
    if (const auto found = subjects::find_program(name); !found.empty()) return found.string();
  }
  return "";
}

/// The document after its script has run, and what the browser wrote.
Call::Result shown(const std::filesystem::path& page, const std::string& view = "") {
  const subjects::ScratchFolder profile;
  return Call(browser(), {"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                          "--user-data-dir=" + profile.path().string(), "--enable-logging=stderr", "--v=0",
                          "--virtual-time-budget=2000", "--dump-dom", "file://" + page.string() + view})
      .finish();
}

std::string page_of(const subjects::ScratchFolder& folder, const std::string& result) {
  const std::string file = folder.path() / "page.html";
  const auto made = bakeoff_call({"report", std::string(kShipped) + "/" + result, "--format", "html", "--out", file});
  EXPECT_EQ(made.status, 0) << made.errors;
  return file;
}

/// Where the rows of these subjects are in the first table of that name.
std::vector<std::size_t> places_of(const std::string& document, const std::string& table,
                                   const std::vector<std::string>& subjects) {
  const std::size_t begin = document.find("<table data-name=\"" + table + "\"");
  std::vector<std::size_t> places;
  for (const std::string& subject : subjects) {
    places.push_back(document.find("data-subject=\"" + subject + "\"", begin));
  }
  return places;
}

TEST(Page, RendersSortsAndHidesInABrowserWithoutAnError) {
  if (browser().empty()) GTEST_SKIP() << "no browser is installed (apt install chromium)";
  const subjects::ScratchFolder folder;
  const std::string page = page_of(folder, "quick");
  const auto plain = shown(page);
  EXPECT_THAT(plain.output, HasSubstr("</html>")) << plain.errors;
  EXPECT_THAT(plain.errors, Not(HasSubstr(":CONSOLE"))) << "errors and refused requests are written there";
  EXPECT_THAT(plain.output, Not(ContainsRegex("<figure data-plot=\"[0-9]+\"><p"))) << "each drawing was unpacked";
  const std::vector<std::string> subjects{"event-loop", "threads", "prefork"};
  const auto dear_first = shown(page, "#sort=http%7C-cpu_us_per_request&hide=http%7Cthroughput_rps&find=");
  EXPECT_THAT(dear_first.errors, Not(HasSubstr(":CONSOLE")));
  const auto before = places_of(dear_first.output, "http", subjects);
  EXPECT_LT(before[2], before[1]) << "prefork is the dearest";
  EXPECT_LT(before[1], before[0]);
  EXPECT_THAT(dear_first.output, HasSubstr("aria-sort=\"descending\""));
  EXPECT_THAT(dear_first.output, ContainsRegex("data-key=\"throughput_rps\"[^>]*hidden"));
  const auto pair = shown(page, "#pair=http%7Cprefork%7Cevent-loop");
  EXPECT_THAT(
      pair.output,
      ContainsRegex("<output>CPU per req: event-loop takes less. prefork takes 1[.][0-9]+ \\[[0-9., ]+\\] times as "
                    "much \\([0-9.]+ us against [0-9.]+ us\\), and more in ([0-9]+) of [0-9]+ blocks.\n"
                    "How sure: at 95 % the ratio is within the brackets, also if you picked this pair out of the "
                    "table's 6 pairs.\n"
                    "What else differs, prefork against event-loop: .*context switches per request 1.00 against 0.*\n"
                    "prefork: processes made beforehand"));
  EXPECT_THAT(shown(page, "#pair=http%7Cprefork%7Cnobody").output, HasSubstr("<output>this table has no such pair"));
  const auto two = shown(page, "#find=threads,+event-loop");
  EXPECT_THAT(two.output, ContainsRegex("data-subject=\"prefork\"[^>]*hidden"));
  EXPECT_THAT(two.output, Not(ContainsRegex("data-subject=\"threads\"[^>]*hidden")));
  const auto found = shown(page, "#find=event");
  EXPECT_THAT(found.output, ContainsRegex("data-subject=\"threads\"[^>]*hidden"));
  EXPECT_THAT(found.output, Not(ContainsRegex("data-subject=\"event-loop\"[^>]*hidden")));
  EXPECT_THAT(shown(page, "#find=nobody").output, HasSubstr("no row of any table"));
}

TEST(Page, WhoseScriptFailedWouldBeNoticed) {
  if (browser().empty()) GTEST_SKIP() << "no browser is installed (apt install chromium)";
  const subjects::ScratchFolder folder;
  test::write_text(folder.path() / "broken.html", "<script>throw new Error('on purpose')</script>");
  EXPECT_THAT(shown(folder.path() / "broken.html").errors, HasSubstr(":CONSOLE"));
}

TEST(Page, IsSmallEnoughForEachShippedResult) {
  constexpr std::size_t kMost = 1'500'000;
  for (const auto& entry : std::filesystem::directory_iterator(kShipped)) {
    if (!std::filesystem::exists(entry.path() / "trials.jsonl")) continue;
    const auto made = bakeoff_call({"report", entry.path().string(), "--format", "html"});
    EXPECT_EQ(made.status, 0) << made.errors;
    EXPECT_THAT(made.output, HasSubstr("</html>"));
    EXPECT_LT(made.output.size(), kMost) << entry.path();
  }
}

std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  if (!std::filesystem::exists(folder)) return names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

/// What scripts/render-results.sh has drawn. The page's bytes depend on the library that compresses.
TEST(Page, AndPlotsLieInTheFolderOfEachShippedResultAsTheyAreDrawnNow) {
  const std::string index = test::contents_of(std::string(kShipped) + "/index.html");
  for (const auto& entry : std::filesystem::directory_iterator(kShipped)) {
    const std::filesystem::path& result = entry.path();
    if (!std::filesystem::exists(result / "trials.jsonl")) continue;
    SCOPED_TRACE(result.filename().string());
    EXPECT_THAT(index, HasSubstr("href=\"" + result.filename().string() + "/report.html\""));
    EXPECT_THAT(test::contents_of(result / "report.html"), HasSubstr("</html>"));
    const subjects::ScratchFolder now;
    const auto drawn = bakeoff_call({"report", result, "--format", "svg", "--out", now.path() / "plots"});
    ASSERT_EQ(drawn.status, 0) << drawn.errors;
    const std::set<std::string> names = names_in(now.path() / "plots");
    EXPECT_FALSE(names.empty());
    EXPECT_EQ(names_in(result / "plots"), names);
    for (const std::string& name : names) {
      EXPECT_TRUE(test::contents_of(result / "plots" / name) == test::contents_of(now.path() / "plots" / name)) << name;
    }
  }
}

TEST(Page, OfSeveralFoldersHasAnIndexWithLinksThatLeadThere) {
  const subjects::ScratchFolder folder;
  for (const char* name : {"quick", "gil"}) {
    std::filesystem::copy(std::string(kShipped) + "/" + name, folder.path() / name);
  }
  test::write_text(folder.path() / "README.md", "no result");
  const auto made =
      bakeoff_call({"report", folder.path() / "quick", folder.path() / "gil", folder.path() / "README.md"});
  EXPECT_EQ(made.status, 0) << made.errors;
  const std::string index = test::contents_of(folder.path() / "index.html");
  for (const char* link : {"quick/report.html", "gil/report.html"}) {
    EXPECT_THAT(index, HasSubstr("href=\"" + std::string(link) + "\""));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / link));
  }
}

TEST(Page, OfSeveralFoldersComparesAnyTwoSubjectsInEveryTableThatHasBoth) {
  if (browser().empty()) GTEST_SKIP() << "no browser is installed (apt install chromium)";
  const subjects::ScratchFolder folder;
  for (const char* name : {"quick", "apache-vs-nginx"}) {
    std::filesystem::copy(std::string(kShipped) + "/" + name, folder.path() / name);
  }
  const auto made = bakeoff_call({"report", folder.path() / "quick", folder.path() / "apache-vs-nginx"});
  EXPECT_EQ(made.status, 0) << made.errors;
  const std::filesystem::path index = folder.path() / "index.html";
  const auto asked = shown(index, "#find=256&pair=threads%7Cevent-loops");
  EXPECT_THAT(asked.errors, Not(HasSubstr(":CONSOLE")));
  EXPECT_THAT(asked.output, HasSubstr("threads: a thread for every connection"));
  EXPECT_THAT(asked.output, HasSubstr("CPU per req: event-loops takes less. threads takes 1."));
  EXPECT_THAT(asked.output, HasSubstr("href=\"apache-vs-nginx/report.html#pair=http-256%7Cthreads%7Cevent-loops&amp;"
                                      "at=t-http-256\""));
  EXPECT_THAT(asked.output, Not(HasSubstr(">apache-vs-nginx, http-64</a>"))) << "the words are not in its caption";
  EXPECT_THAT(asked.output, HasSubstr("1 of 2 results below have this word"));
  EXPECT_THAT(asked.output,
              HasSubstr("Why, by the answer of apache-vs-nginx: A process or a thread is switched to once"));
  EXPECT_THAT(asked.output, Not(HasSubstr("Why, by the answer of quick"))) << "it has no table of these words";
  const auto unasked = shown(index);
  EXPECT_THAT(unasked.output, ContainsRegex("[0-9]+ tables have both"))
      << "a pair is chosen, so that one sees what it is";
  EXPECT_THAT(shown(index, "#pair=threads%7Cthreads").output, HasSubstr("choose two different subjects"));
}

TEST(Page, OfPlotsHasAFileForEachAndTheNumbersBesideIt) {
  const subjects::ScratchFolder folder;
  const std::string plots = folder.path() / "plots";
  const auto made = bakeoff_call({"report", std::string(kShipped) + "/quick", "--format", "svg", "--out", plots});
  EXPECT_EQ(made.status, 0) << made.errors;
  EXPECT_THAT(made.output, HasSubstr(plots + "/http-ratios.svg\n"));
  EXPECT_THAT(test::contents_of(plots + "/http-ratios.svg"), HasSubstr("</svg>"));
  EXPECT_THAT(test::contents_of(plots + "/http-ratios.dat"), HasSubstr("subject ratio low high tied void\n"));
  if (subjects::find_program("rsvg-convert").empty()) GTEST_SKIP() << "no rsvg-convert (apt install librsvg2-bin)";
  const std::string converted = folder.path() / "pdf";
  const auto pdf = bakeoff_call({"report", std::string(kShipped) + "/quick", "--format", "pdf", "--out", converted});
  EXPECT_EQ(pdf.status, 0) << pdf.errors;
  EXPECT_THAT(test::contents_of(converted + "/http-ratios.pdf"), HasSubstr("%PDF"));
  const auto beside = bakeoff_call({"report", std::string(kShipped) + "/quick", "--format", "pdf", "--out", plots});
  EXPECT_TRUE(std::filesystem::exists(plots + "/http-ratios.svg")) << "drawings that were there stay";
}

TEST(Page, ThatCannotBeWrittenOrIsNotOfThisFormatIsSaidInOneLine) {
  const std::string quick = std::string(kShipped) + "/quick";
  const auto error_of = [](const std::vector<std::string>& arguments, int status) {
    const auto call = bakeoff_call(arguments);
    EXPECT_EQ(call.status, status) << call.output << call.errors;
    return call.errors;
  };
  EXPECT_THAT(error_of({"report", quick, quick, "--format", "md"}, 2), HasSubstr("found 2 folders, expected one"));
  EXPECT_THAT(error_of({"report", quick, quick, "--trials"}, 2), HasSubstr("2 folders beside --trials, expected one"));
  EXPECT_THAT(error_of({"report", quick, quick + "-not"}, 2), HasSubstr("found no \""));
  EXPECT_THAT(error_of({"report", quick, "--out", "x"}, 2), HasSubstr("expected html, svg or pdf"));
  EXPECT_THAT(error_of({"report", quick, "--open"}, 2), HasSubstr("expected html"));
  EXPECT_THAT(error_of({"report", quick, "--format", "html", "--out", "/nowhere/page.html"}, 1),
              HasSubstr("/nowhere/page.html"));
}

}  // namespace
}  // namespace bakeoff::e2e

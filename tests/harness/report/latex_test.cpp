#include "harness/report/latex.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <system_error>

#include "harness/report/latex_text.h"
#include "harness/subjects/process.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::HasSubstr;

TEST(Golden, Latex) {
  test::expect_golden("good.tex", latex_report(test::good_report()));
}
TEST(Golden, LatexWithTrouble) {
  test::expect_golden("troubled.tex", latex_report(test::troubled_report()));
}

TEST(LatexText, EveryCharacterThatMeansSomethingIsEscaped) {
  EXPECT_EQ(latex_text(R"(# $ % & _ { } \ ~ ^)"),
            R"(\# $\mathdollar$ \% \& \_ \{ \} \textbackslash{} \textasciitilde{} \textasciicircum{})");
  EXPECT_EQ(latex_text("[1] a|b <c>"), R"({[}1{]} a\textbar{}b \textless{}c\textgreater{})");
  EXPECT_EQ(latex_text("two\nlines"), "two lines");
}

TEST(LatexText, CharactersDoNotJoinToOthers) {
  EXPECT_EQ(latex_text("--units it's ''"), "-{}-units it's '{}'");
  EXPECT_EQ(latex_text("a-b, c"), "a-b, c");
}

TEST(LatexText, WhatTheProgramWritesHasItsSign) {
  EXPECT_EQ(latex_text("a · b ± c × d ≤ e … —"), R"(a $\cdot$ b $\pm$ c $\times$ d $\leq$ e \ldots{} ---{})");
  EXPECT_EQ(latex_text("ünï Ç"), R"({\"u}n{\"i} {\c C})");
}

TEST(LatexText, WhatNoStandardFontHasIsNamed) {
  EXPECT_EQ(latex_text("中"), R"({\tiny U+4E2D}\allowbreak{})");
  EXPECT_EQ(latex_text("caf\xE9"), R"(caf{\tiny U+FFFD}\allowbreak{})");
  EXPECT_EQ(latex_text("\xF0\x9F"), R"({\tiny U+FFFD}\allowbreak{}{\tiny U+FFFD}\allowbreak{})");
}

TEST(Latex, IsAsciiAndEachTableBringsItsMacros) {
  const std::string text = latex_report(test::troubled_report());
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= ' ' && c < '\x7F'); }));
  const std::string table = text.substr(text.find("\\begin{table}"));
  EXPECT_THAT(table, HasSubstr("\\providecommand{\\bakeoffvoid}"));
  EXPECT_THAT(table, HasSubstr("\\bakeoffvoid{84.0k}"));
  EXPECT_THAT(table, HasSubstr("\\textbf{5.84}"));
  EXPECT_THAT(table, HasSubstr("11.4 & \\textsuperscript{a}"));
}

/// What the document needs and does not find; "" when it can be made.
std::string missing() {
  const subjects::ScratchFolder folder;
  subjects::Command command;
  command.argv = {"kpsewhich", "booktabs.sty", "caption.sty", "float.sty", "geometry.sty", "graphicx.sty"};
  command.error_file = folder.path() / "stderr";
  try {
    subjects::Process process = subjects::Process::start(command);
    int found = 0;
    while (process.read_line(std::chrono::seconds{30})) ++found;
    process.stop();
    subjects::Command pdflatex = command;
    pdflatex.argv = {"pdflatex", "--version"};
    subjects::Process::start(pdflatex).stop();
    return found == 5 ? "" : "pdflatex lacks packages (Debian: texlive-latex-recommended)";
  } catch (const std::system_error&) {
    return "no pdflatex on PATH (Debian: texlive-latex-recommended)";
  }
}

/// "" when pdflatex makes a page of it, otherwise what it says. A box that sticks out is a fault too, and
/// so is a font of bitmaps.
std::string fault_of_compiling(const std::string& document) {
  const subjects::ScratchFolder folder;
  std::ofstream(folder.path() / "report.tex") << document;
  subjects::Command command;
  command.argv = {"pdflatex", "-halt-on-error", "-interaction=nonstopmode", "report.tex"};
  command.directory = folder.path();
  command.error_file = folder.path() / "stderr";
  subjects::Process process = subjects::Process::start(command);
  std::string said;
  bool bad = false;
  while (const auto line = process.read_line(std::chrono::seconds{60})) {
    said += *line + "\n";
    bad = bad || line->starts_with("!") || line->starts_with("Overfull") ||
          line->find(".600pk") != std::string::npos;  // A bitmap of a font that has no outlines.
  }
  const auto ended = process.wait(std::chrono::seconds{10});
  const bool made = ended && ended->exited && ended->status == 0;
  return made && !bad && std::filesystem::exists(folder.path() / "report.pdf") ? "" : said;
}

class PdfLatex : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string what = missing(); !what.empty()) GTEST_SKIP() << what;
  }
};

TEST_F(PdfLatex, MakesPagesOfBothFixturesOnWhichEverythingFits) {
  EXPECT_EQ(fault_of_compiling(latex_report(test::good_report())), "");
  EXPECT_EQ(fault_of_compiling(latex_report(test::troubled_report())), "");
}

TEST_F(PdfLatex, TakesAnyTextThatARowMayHold) {
  std::string everything;
  for (char32_t c = 1; c < 0x180; ++c) {
    if (c < 0x80) {
      everything += static_cast<char>(c);
    } else {
      everything += {static_cast<char>(0xC0U | c >> 6U), static_cast<char>(0x80U | (c & 0x3FU))};
    }
    if (c % 16 == 0) everything += ' ';
  }
  everything += " ≤≥≠≈−→←∞–—…•‘’“” 中 \xFF 🙂";
  std::vector<journal::Trial> rows = test::http_rows(6);
  for (journal::Trial& row : rows) {
    if (row.subject == "prefork") {
      row.outcome = journal::Outcome::died;
      row.outcome_detail = everything;
    }
    if (row.subject == "fibers") row.subject = "[fibers]_#1";
  }
  ReportInfo info = test::report_info();
  info.experiment = info.question = everything;
  info.like["[fibers]_#1"] =
      "100 % & more, --fast, in a text that is far too long for the page " + std::string(120, 'x');
  info.foot.push_back(everything);
  EXPECT_EQ(fault_of_compiling(latex_report(build_report(rows, info))), "");
}

}  // namespace
}  // namespace bakeoff::report

// What a person sees on terminals of several widths, on a dumb one, and in a pipe.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "harness/report/text_layout.h"
#include "tests/e2e/program.h"
#include "tests/e2e/terminal.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kResults = BAKEOFF_SOURCE_DIR "/results/";

class Terminals : public testing::Test {
 protected:
  Terminals() {
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
  }

  /// What bakeoff writes when stdout and stderr are this terminal.
  static std::string written_to(PseudoTerminal& terminal, const std::vector<std::string>& arguments) {
    Call call(bakeoff_program(), arguments, {"bash", "-c", "\"$@\" >" + terminal.path() + " 2>&1", "bash"});
    return read_until_it_ends(terminal, call);
  }
  /// Its stderr only.
  static std::string errors_on(PseudoTerminal& terminal, const std::vector<std::string>& arguments) {
    Call call(bakeoff_program(), arguments, {"bash", "-c", "\"$@\" >/dev/null 2>" + terminal.path(), "bash"});
    return read_until_it_ends(terminal, call);
  }

 private:
  /// A terminal takes no more than its buffer holds until somebody reads.
  static std::string read_until_it_ends(PseudoTerminal& terminal, Call& call) {
    for (int i = 0; i < 1000 && !call.process().wait(std::chrono::milliseconds{20}); ++i) terminal.read(20);
    terminal.read(50);
    return terminal.text;
  }
};

/// A run whose progress has no room in sixty columns.
struct LongRun : subjects::ScratchFolder {
  LongRun() {
    test::write_text(file(), R"(name = "long"
subjects = ["threads", "event-loop"]
blocks = 2
[[tables]]
name = "a-table-with-a-name-of-forty-characters"
workload = "echo"
connections = 1
window_s = 0.1
warmup_s = 0
)");
  }
  std::string file() const { return path() / "long.toml"; }
  std::string out() const { return path() / "out"; }
};

TEST_F(Terminals, TheProgressOfARunIsNeverWiderThanTheTerminalAndLeavesNothingBehind) {
  const LongRun fixture;
  PseudoTerminal terminal(60);
  const std::string bytes = errors_on(terminal, {"run", fixture.file(), "--out", fixture.out()});
  EXPECT_THAT(bytes, HasSubstr("\x1b[2K[1] a-table-with-a-name-of-forty")) << "it was drawn";
  Screen screen(60);
  screen.write(bytes);
  EXPECT_EQ(screen.broken_lines(), 0U) << screen.text();
  EXPECT_THAT(screen.text(), AllOf(HasSubstr("rows and report:"), Not(HasSubstr("[1]")), Not(HasSubstr("block 1"))));
}

TEST_F(Terminals, TheProgressOfABlockInSlicesSaysHowManyTakeTurns) {
  const subjects::ScratchFolder folder;
  test::write_text(folder.path() / "turns.toml", R"(name = "turns"
subjects = ["threads", "event-loop"]
blocks = 1
[[tables]]
workload = "echo"
connections = 1
window_s = 0.4
warmup_s = 0
)");
  PseudoTerminal terminal(120);
  const std::string bytes = errors_on(terminal, {"run", folder.path() / "turns.toml", "--out", folder.path() / "out"});
  EXPECT_THAT(bytes, HasSubstr("[1] echo · block 1 of 1 · 2 subjects in slices"));
}

TEST_F(Terminals, AJobWithEachChoiceSaysWhichOneRunsAndLeavesNothingBehind) {
  PseudoTerminal terminal(80);
  const std::string bytes = errors_on(terminal, {"job", "thread", "shared-count", "--units", "2", "--size", "1000"});
  EXPECT_THAT(bytes, HasSubstr("shared-count · run 1 of 5 · thread:discipline="));
  Screen screen(80);
  screen.write(bytes);
  EXPECT_EQ(screen.broken_lines(), 0U) << screen.text();
  EXPECT_THAT(screen.text(), Not(HasSubstr("run 1 of 5")));
}

TEST_F(Terminals, ADumbTerminalGetsNoEscapes) {
  ::setenv("TERM", "dumb", 1);
  const LongRun fixture;
  const std::vector<std::vector<std::string>> commands{
      {"run", fixture.file(), "--out", fixture.out()},
      {"report", kResults + "quick"},
      {"compare", kResults + "quick", kResults + "redis", "--floor", "threads"},
      {"list"},
      {"list", "models"},
      {"doctor"},
      {"job", "thread", "count", "--units", "1", "--size", "1000"},
      {"probe", "isolation"},
      {"--help"},
      {"nothing"},
  };
  for (const auto& command : commands) {
    PseudoTerminal terminal;
    const std::string bytes = written_to(terminal, command);
    EXPECT_NE(bytes, "") << testing::PrintToString(command);
    EXPECT_THAT(bytes, Not(HasSubstr("\x1b"))) << testing::PrintToString(command);
  }
}

TEST_F(Terminals, ReportsFitTheirColumns) {
  for (const unsigned short columns : std::vector<unsigned short>{80, 100, 160}) {
    for (const char* name : {"quick", "sleepers"}) {
      PseudoTerminal terminal(columns);
      Screen screen(columns);
      screen.write(written_to(terminal, {"report", kResults + name}));
      EXPECT_EQ(screen.broken_lines(), 0U) << name << " at " << columns << "\n" << screen.text();
      EXPECT_THAT(screen.text(), HasSubstr("subject "));
    }
  }
}

std::size_t widest_line_of(const std::string& text, std::size_t* lines = nullptr) {
  std::size_t widest = 0, count = 0;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line); ++count) widest = std::max(widest, report::display_width(line));
  if (lines != nullptr) *lines = count;
  return widest;
}

TEST_F(Terminals, AListOfEverythingIsAPage) {
  std::size_t lines = 0;
  const std::string piped = bakeoff_call({"list"}).output;
  EXPECT_LE(widest_line_of(piped, &lines), 80U) << piped;
  EXPECT_LT(lines, 120U) << piped;
  for (const char* name : {"threads", "nginx", "counter", "skynet", "sequential", "switch-pipe", "twins-short"}) {
    EXPECT_THAT(piped, HasSubstr(name));
  }
  PseudoTerminal terminal(60);
  Screen screen(60);
  screen.write(written_to(terminal, {"list"}));
  EXPECT_EQ(screen.broken_lines(), 0U) << screen.text();
}

TEST_F(Terminals, EachListOfOneKindFitsTheTerminal) {
  for (const char* kind :
       {"models", "servers", "runtimes", "workloads", "jobs", "executors", "probes", "experiments"}) {
    PseudoTerminal terminal(100);  // The paths of manifests are as long as they are.
    Screen screen(100);
    screen.write(written_to(terminal, {"list", kind}));
    EXPECT_EQ(screen.broken_lines(), 0U) << screen.text();
  }
}

TEST_F(Terminals, InAPipeSentencesHaveAHundredColumnsAndRowsStayWhole) {
  std::istringstream stream(bakeoff_call({"report", kResults + "twins"}).output);
  std::size_t sentences = 0, wide_rows = 0;
  for (std::string line; std::getline(stream, line);) {
    // Numbers stand apart from each other; a sentence does not, but for its indent.
    const std::size_t begin = line.find_first_not_of(' ');
    const bool row = begin != line.npos && line.find("  ", begin) != line.npos;
    if (row) {
      wide_rows += report::display_width(line) > 100 ? 1 : 0;
    } else {
      EXPECT_LE(report::display_width(line), 100U) << line;
      ++sentences;
    }
  }
  EXPECT_GT(sentences, 50U);
  EXPECT_GT(wide_rows, 20U);
}

}  // namespace
}  // namespace bakeoff::e2e

// The help on a terminal of any width, and the words that it explains.
#include "harness/commands/help/help_text.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "harness/report/text_layout.h"
#include "tests/harness/commands/help/sample_program.h"

namespace bakeoff::commands::help {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> words_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

std::vector<std::string> lines_in(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// All texts at this width.
std::vector<std::string> texts(std::size_t width) {
  const ProgramHelp program = sample_program();
  return {program_text(program, width), command_text(program, program.commands[0], width),
          command_text(program, program.commands[1], width), words_text(glossary(), width)};
}

TEST(HelpText, HasTheSameWordsAtEveryWidth) {
  const std::vector<std::string> unlimited = texts(0);
  for (const std::size_t width : {1U, 7U, 20U, 39U, 40U, 80U, 200U}) {
    const std::vector<std::string> wrapped = texts(width);
    for (std::size_t i = 0; i < wrapped.size(); ++i) EXPECT_EQ(words_in(wrapped[i]), words_in(unlimited[i])) << width;
  }
}

TEST(HelpText, HasNoLineThatIsWiderThanTheTerminal) {
  for (const std::size_t width : {40U, 60U, 80U, 200U}) {
    for (const std::string& text : texts(width)) {
      for (const std::string& line : lines_in(text)) EXPECT_LE(report::display_width(line), width) << line;
    }
  }
}

TEST(HelpText, HasNoSpacesAtTheEndOfALine) {
  for (const std::size_t width : {20U, 80U}) {
    for (const std::string& text : texts(width)) EXPECT_THAT(text, Not(HasSubstr(" \n")));
  }
}

TEST(HelpText, OfACommandShowsItsArgumentsAndOptionsWithTheirDefaults) {
  const ProgramHelp program = sample_program();
  EXPECT_EQ(command_text(program, program.commands[0], 60),
            "Run an experiment. Print its tables.\n"
            "\n"
            "Usage: bakeoff run [OPTIONS] [EXPERIMENT]\n"
            "\n"
            "Arguments:\n"
            "  EXPERIMENT  A shipped experiment, or a file\n"
            "\n"
            "Options:\n"
            "  -h, --help           Print this help\n"
            "  --subjects SUBJECTS  Run only these [all], separated by\n"
            "                       commas. A folder stands for the\n"
            "                       servers in it, \"don't\" care\n"
            "  -c, --connections N  Connections (default 64)\n"
            "  --fail-on-regression-of-this SHARE\n"
            "                       Exit 3 if worse\n"
            "  --format FORMAT      Output: terminal, json (default\n"
            "                       terminal)\n"
            "  --out DIR            The folder: for rows\n");
}

TEST(HelpText, OfACommandHasNothingOfTheProgramOrOfAnotherCommand) {
  const ProgramHelp program = sample_program();
  EXPECT_THAT(
      command_text(program, program.commands[1], 80),
      AllOf(HasSubstr("Usage: bakeoff serve [OPTIONS] MODEL WORKLOAD\n"), Not(HasSubstr("Without a subcommand")),
            Not(HasSubstr("Exit status")), Not(HasSubstr("--connections"))));
}

TEST(HelpText, OfTheProgramListsTheSubcommandsAndTheExitStatuses) {
  EXPECT_THAT(
      program_text(sample_program(), 80),
      AllOf(StartsWith("bakeoff: compares models.\n\nUsage: bakeoff [OPTIONS] [SUBCOMMAND]\n"),
            HasSubstr("\n  run    Run an experiment. Print its tables\n"), HasSubstr("\n  serve  Serve a workload"),
            HasSubstr("\nWithout a subcommand, bakeoff runs quick.\n"),
            HasSubstr("\nExit status: 0 done, 2 bad usage.\n")));
}

TEST(HelpText, OnANarrowTerminalHasTheExplanationsBelow) {
  EXPECT_THAT(command_text(sample_program(), sample_program().commands[0], 40),
              HasSubstr("\n  --out DIR\n      The folder: for rows\n"));
}

TEST(Glossary, ExplainsTheWordsInTheOrderOfTheAlphabet) {
  std::vector<std::string> words;
  for (const GlossaryEntry& entry : glossary()) {
    words.emplace_back(entry.word);
    EXPECT_TRUE(entry.meaning.ends_with('.')) << entry.word;
    const std::size_t second = std::min(entry.meaning.find(". "), entry.meaning.size());
    EXPECT_EQ(entry.meaning.find(". ", second + 1), std::string_view::npos)
        << entry.word << " is explained in a sentence or two";
  }
  EXPECT_TRUE(std::ranges::is_sorted(words));
  for (const char* word : {"unit", "block", "like", "discipline", "twin", "slice", "crowd", "closed load", "open load",
                           "receipt", "validity"}) {
    EXPECT_THAT(words, testing::Contains(word));
  }
}

}  // namespace
}  // namespace bakeoff::commands::help

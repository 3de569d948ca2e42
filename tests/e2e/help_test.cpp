// bakeoff help, the manual page and the completions. What has to be in them is what the parser names when it refuses an
// option: it is read from no help.
#include <gmock/gmock.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "harness/report/text_layout.h"
#include "harness/subjects/find_program.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string help_of(const std::vector<std::string>& words) {
  std::vector<std::string> arguments{"help"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const auto result = bakeoff_call(arguments);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  return result.output;
}

/// "a, b, c" behind `expected one of`, up to "; did you mean".
std::vector<std::string> expected_names(const std::string& message) {
  static const std::regex list("expected one of ([^;\n]+)");
  std::smatch match;
  if (!std::regex_search(message, match, list)) return {};
  std::vector<std::string> names;
  std::istringstream stream(match[1].str());
  for (std::string name; std::getline(stream >> std::ws, name, ',');) names.push_back(name);
  return names;
}

std::vector<std::string> subcommands() {
  return expected_names(bakeoff_call({"no-such-subcommand"}).errors);
}

/// The long names of the options of a subcommand; "" for those without one. A subcommand wants its arguments first.
std::vector<std::string> options_of(const std::string& subcommand) {
  constexpr std::size_t kMostArguments = 3;
  for (std::size_t count = 0; count <= kMostArguments; ++count) {
    std::vector<std::string> words;
    if (!subcommand.empty()) words.push_back(subcommand);
    words.insert(words.end(), count, "x");
    words.emplace_back("--no-such-option");
    const std::string said = bakeoff_call(words).errors;
    if (said.find("found option \"--no-such-option\"") != said.npos) return expected_names(said);
  }
  ADD_FAILURE() << subcommand << " does not name its options";
  return {};
}

/// What stands from `begin` up to the first of `ends` behind it.
std::string part_of(const std::string& text, const std::string& begin, const std::vector<std::string>& ends) {
  const std::size_t at = text.find(begin);
  if (at == text.npos) return "";
  std::size_t end = text.size();
  for (const std::string& one : ends) end = std::min(end, text.find(one, at + begin.size()));
  return text.substr(at, end - at);
}

Call::Result in_bash(const std::string& script, const std::vector<std::string>& words = {}) {
  std::vector<std::string> arguments{"-c", script, "bash"};
  arguments.insert(arguments.end(), words.begin(), words.end());
  return Call("bash", arguments).finish();
}

/// What bash offers for the last of these words, which it divides at "=" and ":" itself.
std::vector<std::string> offered_by_bash(const std::vector<std::string>& words) {
  static const std::string script = std::string("PATH=") + BAKEOFF_BIN_DIR +
                                    ":$PATH; eval \"$(bakeoff help --format bash)\"; COMP_WORDS=(bakeoff \"$@\"); "
                                    "COMP_CWORD=$#; _bakeoff bakeoff; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const auto result = in_bash(script, words);
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_EQ(result.errors, "");
  std::vector<std::string> offered;
  std::istringstream stream(result.output);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) offered.push_back(line);
  }
  return offered;
}

bool is_installed(const std::string& program) {
  return !subjects::find_program(program).empty();
}

TEST(Help, OfATopicIsTheHelpOfThatSubcommand) {
  ASSERT_THAT(subcommands(), AllOf(Contains("run"), Contains("help")));
  for (const std::string& subcommand : subcommands()) {
    EXPECT_EQ(help_of({subcommand}), bakeoff_call({subcommand, "--help"}).output);
  }
  EXPECT_EQ(help_of({}), bakeoff_call({"--help"}).output);
  EXPECT_EQ(help_of({}), bakeoff_call({"-h"}).output);
}

TEST(Help, FitsEightyColumnsInAPipe) {
  std::vector<std::string> topics = subcommands();
  topics.insert(topics.end(), {"words", "slice"});
  std::vector<std::string> texts{help_of({})};
  for (const std::string& topic : topics) texts.push_back(help_of({topic}));
  for (const std::string& text : texts) {
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) EXPECT_LE(report::display_width(line), 80U) << line;
  }
}

TEST(Help, IsWrappedToTheWidthOfTheTerminal) {
  if (!is_installed("script")) GTEST_SKIP() << "needs script (bsdutils)";
  const auto result =
      Call("script", {"-qec", "stty cols 50; " + bakeoff_program().string() + " help run", "/dev/null"}).finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  std::istringstream stream(result.output);
  std::size_t widest = 0;
  for (std::string line; std::getline(stream, line);) {
    std::erase(line, '\r');
    widest = std::max(widest, report::display_width(line));
  }
  EXPECT_LE(widest, 50U) << result.output;
  EXPECT_GT(widest, 40U) << result.output;
}

TEST(Help, OfASubcommandHasNothingOfAnother) {
  for (const std::string& subcommand : subcommands()) {
    EXPECT_THAT(help_of({subcommand}), AllOf(Not(HasSubstr("Without a subcommand")), Not(HasSubstr("Exit status"))))
        << subcommand;
  }
  EXPECT_THAT(help_of({}), AllOf(HasSubstr("Without a subcommand"), HasSubstr("Exit status: 0 done")));
}

TEST(Help, NamesExecutorsAndProbesAmongWhatThereIs) {
  for (const std::string& text : {help_of({}), help_of({"list"})}) {
    EXPECT_THAT(text, AllOf(HasSubstr("executors"), HasSubstr("probes")));
  }
}

TEST(Help, ExplainsTheWords) {
  const std::string words = help_of({"words"});
  for (const char* word : {"unit", "block", "like", "discipline", "twin", "slice", "crowd", "closed load", "open load",
                           "receipt", "validity"}) {
    EXPECT_THAT(words, HasSubstr(std::string("\n  ") + word + "  ")) << words;
  }
  EXPECT_THAT(help_of({"slice"}), AllOf(testing::StartsWith("  slice  About 100 ms"), Not(HasSubstr("receipt"))));
}

TEST(Help, OfAnUnknownTopicIsOneLineWithTheNearestName) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"rnu", "found topic \"rnu\", expected one of run, list, "},
      {"rnu", "; did you mean \"run\"?"},
      {"wrods", "; did you mean \"words\"?"},
      {"recipt", "; did you mean \"receipt\"?"}};
  for (const auto& [topic, expected] : table) {
    const auto result = bakeoff_call({"help", topic});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.output, "");
    EXPECT_THAT(result.errors, HasSubstr(expected));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  }
  EXPECT_EQ(bakeoff_call({"help", "run", "list"}).errors, "bakeoff: found \"list\", expected no more words there\n");
  EXPECT_EQ(bakeoff_call({"help", "run", "--format", "man"}).errors,
            "bakeoff: --format man: found the topic \"run\", expected none: it is of the whole program\n");
  EXPECT_THAT(bakeoff_call({"help", "--format", "html"}).errors, HasSubstr("expected one of terminal, man, bash"));
}

TEST(ManPage, HasEverySubcommandAndEveryOptionOfTheParser) {
  const std::string page = help_of({"--format", "man"});
  const auto escaped = [](const std::string& text) { return std::regex_replace(text, std::regex("-"), "\\-"); };
  const auto shown = [&](const std::string& option) { return "\\fB" + escaped(option) + "\\fR"; };
  const std::string whole = part_of(page, "\n.SH OPTIONS\n", {"\n.SH "});
  for (const std::string& option : options_of("")) EXPECT_THAT(whole, HasSubstr(shown(option)));
  for (const std::string& subcommand : subcommands()) {
    const std::string section = part_of(page, "\n.SS " + escaped(subcommand) + "\n", {"\n.SS ", "\n.SH "});
    EXPECT_NE(section, "") << subcommand;
    for (const std::string& option : options_of(subcommand)) EXPECT_THAT(section, HasSubstr(shown(option)));
  }
}

TEST(ManPage, IsReadByManWithoutAWarning) {
  if (!is_installed("man")) GTEST_SKIP() << "needs man (man-db)";
  const subjects::ScratchFolder folder;
  const std::string page = folder.path() / "bakeoff.1";
  test::write_text(page, help_of({"--format", "man"}));
  const auto result =
      in_bash("LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 \"$1\" | cat", {page});
  EXPECT_EQ(result.errors, "");
  // Bold is each character twice, with a step back between the two.
  const std::string shown = std::regex_replace(result.output, std::regex(".\b"), "");
  EXPECT_THAT(shown, AllOf(HasSubstr("-c, --connections N"), HasSubstr("EXIT STATUS"), HasSubstr("~/.config")));
}

TEST(ManPage, ShowsCommandLinesThatCanBeGiven) {
  const std::string examples = part_of(help_of({"--format", "man"}), "\n.SH EXAMPLES\n", {"\n.SH "});
  static const std::regex example(R"(\n\.TP\n\\fBbakeoff ?([^\n]*)\\fR\n)");
  std::size_t found = 0;
  for (auto it = std::sregex_iterator(examples.begin(), examples.end(), example); it != std::sregex_iterator(); ++it) {
    std::istringstream stream(std::regex_replace((*it)[1].str(), std::regex(R"(\\-)"), "-"));
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    ++found;
    words.emplace_back("--no-such-option");
    EXPECT_THAT(bakeoff_call(words).errors, HasSubstr("found option \"--no-such-option\"")) << (*it)[0];
  }
  EXPECT_GT(found, 3U) << examples;
}

TEST(Completions, OfBashHaveEverySubcommandAndEveryOptionOfTheParser) {
  EXPECT_THAT(offered_by_bash({""}), testing::UnorderedElementsAreArray(subcommands()));
  for (const std::string& option : options_of("")) EXPECT_THAT(offered_by_bash({"-"}), Contains(option));
  for (const std::string& subcommand : subcommands()) {
    const std::vector<std::string> options = offered_by_bash({subcommand, "-"});
    for (const std::string& option : options_of(subcommand)) EXPECT_THAT(options, Contains(option)) << subcommand;
  }
}

TEST(Completions, OfBashOfferWhatMayStandThere) {
  EXPECT_THAT(offered_by_bash({"ru"}), ElementsAre("run"));
  EXPECT_THAT(offered_by_bash({"run", "qui"}), Contains("quick"));
  EXPECT_THAT(offered_by_bash({"run", "--for"}), ElementsAre("--format"));
  EXPECT_THAT(offered_by_bash({"run", "--format", "m"}), ElementsAre("md"));
  EXPECT_THAT(offered_by_bash({"run", "--format", "=", "j"}), ElementsAre("json"));
  EXPECT_THAT(offered_by_bash({"report", "--format", "="}), AllOf(Contains("md"), Contains("json")));
  EXPECT_THAT(offered_by_bash({"run", "--subjects", "threads,pref"}), ElementsAre("threads,prefork"));
  EXPECT_THAT(offered_by_bash({"run", "--out", "x", "qui"}), Contains("quick")) << "a value is no argument";
  EXPECT_THAT(offered_by_bash({"serve", "ngin"}), ElementsAre("nginx"));
  EXPECT_THAT(offered_by_bash({"serve", "threads", "ech"}), ElementsAre("echo"));
  EXPECT_THAT(offered_by_bash({"serve", "fibers", ":", "units", "=", "2", "ech"}), ElementsAre("echo"));
  EXPECT_THAT(offered_by_bash({"serve", "fibers", ":", "uni"}), ElementsAre()) << "still the first argument";
  EXPECT_THAT(offered_by_bash({"job", "thr"}), AllOf(Contains("thread"), Contains("threads")));
  EXPECT_THAT(offered_by_bash({"probe", "switch-pi"}), ElementsAre("switch-pipe"));
  EXPECT_THAT(offered_by_bash({"list", "exec"}), ElementsAre("executors"));
  EXPECT_THAT(offered_by_bash({"help", "wor"}), ElementsAre("words"));
  EXPECT_THAT(offered_by_bash({"selftest", "--only", "null,sa"}), ElementsAre("null,same"));
  EXPECT_THAT(offered_by_bash({"load", "--connections", ""}), ElementsAre()) << "a number";
}

TEST(Completions, OfZshHaveEverySubcommandAndEveryOptionOfTheParser) {
  const std::string script = help_of({"--format", "zsh"});
  const std::string whole = part_of(script, "\n  _arguments -C \\\n", {"'(-)1:subcommand"});
  for (const std::string& option : options_of("")) EXPECT_THAT(whole, HasSubstr(option + "["));
  for (const std::string& subcommand : subcommands()) {
    EXPECT_THAT(script, HasSubstr("\n        '" + subcommand + ":"));
    const std::string branch = part_of(script, "\n        " + subcommand + ")\n", {"\n          ;;\n"});
    for (const std::string& option : options_of(subcommand)) {
      EXPECT_THAT(branch, testing::AnyOf(HasSubstr(option + "["), HasSubstr(option + "=["))) << subcommand;
    }
  }
}

TEST(Completions, OfFishHaveEverySubcommandAndEveryOptionOfTheParser) {
  const std::string script = help_of({"--format", "fish"});
  for (const std::string& option : options_of("")) {
    EXPECT_THAT(script, testing::ContainsRegex("\ncomplete -c bakeoff -n '__bakeoff_begins' [^\n]*-l " +
                                               option.substr(2) + " "));
  }
  for (const std::string& subcommand : subcommands()) {
    EXPECT_THAT(script, HasSubstr("\ncomplete -c bakeoff -n __bakeoff_begins -a " + subcommand + " -d "));
    for (const std::string& option : options_of(subcommand)) {
      EXPECT_THAT(script, testing::ContainsRegex("\ncomplete -c bakeoff -n '__bakeoff_in " + subcommand +
                                                 "' [^\n]*-l " + option.substr(2) + " "));
    }
  }
}

TEST(Completions, AreReadByTheirShellsWithoutAComplaint) {
  const subjects::ScratchFolder folder;
  std::string skipped;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    if (!is_installed(shell)) {
      skipped += (skipped.empty() ? "needs " : ", ") + shell;
      continue;
    }
    const std::string file = folder.path() / shell;
    test::write_text(file, help_of({"--format", shell}));
    const auto result = Call(shell, {"-n", file}).finish();
    EXPECT_EQ(result.status, 0) << shell << result.errors;
    EXPECT_EQ(result.errors, "") << shell;
  }
  if (!skipped.empty()) GTEST_SKIP() << skipped;
}

}  // namespace
}  // namespace bakeoff::e2e

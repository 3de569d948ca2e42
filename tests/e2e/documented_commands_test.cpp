// The command lines that the pages and --help show: each can be given as it stands there.
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Behind the words of a good command line the only one that is not expected; what is wrong before it is told instead.
constexpr const char* kNoOption = "--no-such-option";

/// As a shell takes them, with single quotes alone.
std::vector<std::string> words_of(std::string line) {
  // Up to what explains it.
  line = line.substr(0, std::min({line.find("  "), line.find('#'), line.size()}));
  std::vector<std::string> words;
  bool inside = false, begun = false;
  for (const char letter : line) {
    if (letter == '\'') {
      inside = !inside;
    } else if (letter == ' ' && !inside) {
      begun = false;
    } else {
      if (!begun) words.emplace_back();
      begun = true;
      words.back() += letter;
    }
  }
  return words;
}

/// Words that stand for others: NAME, FOLDER, NAME,TWIN, ..., <time>.
bool is_placeholder(const std::string& word) {
  static const std::regex stands_for(R"([A-Z]{2,}([,/.].*)?|.*\.\.\..*|.*<.*|N)");
  return std::regex_match(word, stands_for);
}

/// The command lines of a page, without the name of the program: what is indented by four, and what is in backquotes.
std::vector<std::vector<std::string>> command_lines(const std::string& page) {
  static const std::regex shown(R"((?:\n    \./bakeoff([^\n]*))|`(?:\./)?bakeoff ([^`]+)`)");
  std::vector<std::vector<std::string>> lines;
  for (auto it = std::sregex_iterator(page.begin(), page.end(), shown); it != std::sregex_iterator(); ++it) {
    std::string line = (*it)[1].matched ? (*it)[1].str().substr(0, std::string::npos) : (*it)[2].str();
    line.erase(0, line.find_first_not_of(' '));
    if ((*it)[2].matched) line = std::regex_replace(line, std::regex(R"(\s*\n(//|#)?\s*)"), " ");
    std::vector<std::string> words = words_of(line);
    if (words.empty() || std::any_of(words.begin(), words.end(), is_placeholder)) continue;
    if (std::find(lines.begin(), lines.end(), words) == lines.end()) lines.push_back(words);
  }
  return lines;
}

std::vector<fs::path> pages() {
  const fs::path root = BAKEOFF_SOURCE_DIR;
  std::vector<fs::path> found{root / "README.md", root / "CONTRIBUTING.md"};
  for (const char* folder : {"harness", "workloads", "reference", "results", "models"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string name = entry.path().filename();
      const bool page = name == "README.md" || name == "PROTOCOLS.md" || name == "answer.md";
      const bool head = name.ends_with(".toml") || (folder == std::string("models") && name.ends_with(".cpp"));
      if (page || head) found.push_back(entry.path());
    }
  }
  return found;
}

std::set<std::string> names_that_there_are() {
  std::set<std::string> names{"servers", "subjects", "perl"};  // README.md makes a subject of this name.
  const auto list = nlohmann::json::parse(bakeoff_call({"list", "--format", "json"}).output);
  for (const auto& [kind, entries] : list.items()) {
    names.insert(kind);
    for (const auto& entry : entries) names.insert(entry.at("name").get<std::string>());
  }
  for (const char* measure : {"switch", "message", "spawn", "lifecycle"}) names.insert(measure);
  return names;
}

/// Neither a file, nor something of another build or of an earlier run, which are not there.
bool needs_nothing(const std::vector<std::string>& words) {
  return std::none_of(words.begin(), words.end(), [](const std::string& word) {
    return word.find('/') != word.npos || word.ends_with(".toml") || word == "--resume" || word == "--against";
  });
}

TEST(Pages, ShowCommandLinesThatCanBeGivenAsTheyStand) {
  const std::set<std::string> names = names_that_there_are();
  std::set<std::vector<std::string>> tried;
  for (const fs::path& page : pages()) {
    for (std::vector<std::string> words : command_lines("\n" + test::contents_of(page))) {
      if (!tried.insert(words).second) continue;
      std::string shown = page.string() + ": bakeoff";
      for (const std::string& word : words) shown += " " + word;
      if (words.size() == 1) {  // The name of a subcommand, perhaps, and no call of it.
        EXPECT_EQ(bakeoff_call({words[0], "--help"}).status, 0) << shown;
        continue;
      }
      std::vector<std::string> with_more = words;
      with_more.emplace_back(kNoOption);
      EXPECT_THAT(bakeoff_call(with_more).errors, HasSubstr(std::string("found option \"") + kNoOption)) << shown;
      if (words[0] == "run" && needs_nothing(words)) {
        words.emplace_back("--dry-run");
        EXPECT_EQ(bakeoff_call(words).status, 0) << shown;
      }
      const bool named = std::set<std::string>{"serve", "job", "probe", "syscalls", "list"}.contains(words[0]);
      for (std::size_t i = 1; named && i < words.size() && !words[i].starts_with("-"); ++i) {
        std::istringstream list(words[i]);
        for (std::string name; std::getline(list, name, ',');) {
          const bool folder = name.find('/') != std::string::npos;  // That the page has the reader make.
          EXPECT_TRUE(folder || names.contains(name.substr(0, name.find(':')))) << shown << ": there is no " << name;
        }
      }
    }
  }
  EXPECT_GT(tried.size(), 25U) << "the pages show more, or are written otherwise than this test reads them";
}

TEST(Help, NamesListsThatThereAre) {
  std::set<std::string> kinds;
  for (const char* command : {"run", "list", "serve", "syscalls", "job", "probe"}) {
    // A line may end within a command.
    const std::string help = std::regex_replace(bakeoff_call({command, "--help"}).output, std::regex("\\s+"), " ");
    static const std::regex list("bakeoff list ([a-z]+)");
    for (auto it = std::sregex_iterator(help.begin(), help.end(), list); it != std::sregex_iterator(); ++it) {
      kinds.insert((*it)[1]);
    }
  }
  EXPECT_GE(kinds.size(), 4U);
  for (const std::string& kind : kinds) {
    const auto result = bakeoff_call({"list", kind});
    EXPECT_EQ(result.status, 0) << kind;
    EXPECT_EQ(result.errors, "") << kind;
  }
}

}  // namespace
}  // namespace bakeoff::e2e

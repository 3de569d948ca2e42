// The page that maps the options of other load generators to ours: every one that it names is tried.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

#include "harness/measure/cpu_sets.h"
#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/program.h"
#include "tests/e2e/serve_call.h"
#include "tests/harness/fixtures/tiny_server.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {
namespace {

/// The code in the last column of each row of the page's tables: an option with its value, or a URL.
std::set<std::string> codes_of_the_page() {
  std::ifstream page(BAKEOFF_SOURCE_DIR "/harness/load/OPTIONS.md");
  static const std::regex code("`([^`]+)`");
  std::set<std::string> codes;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string here = line.substr(line.rfind('|', line.size() - 2));
    for (std::sregex_iterator found(here.begin(), here.end(), code), end; found != end; ++found) {
      const std::string text = (*found)[1];
      const bool ours = text.starts_with("-") || text.find("://") != std::string::npos;
      if (ours && !text.starts_with("curl") && text != "bakeoff run") codes.insert(text);
    }
  }
  return codes;
}

/// The words of a command line, with quotes as a shell has them.
std::vector<std::string> words_of(const std::string& text) {
  static const std::regex word("'([^']*)'|([^ ]+)");
  std::vector<std::string> words;
  for (std::sregex_iterator found(text.begin(), text.end(), word), end; found != end; ++found) {
    words.push_back((*found)[1].matched ? (*found)[1] : (*found)[2]);
  }
  return words;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// The counter's server knows neither users nor databases: what it says to AUTH and SELECT is taken as a yes.
bool let_in(std::string& replies) {
  static const std::regex unknown("-ERR (unknown command|DB index)[^\r]*\r\n");
  replies = std::regex_replace(replies, unknown, "+OK\r\n");
  return true;
}

TEST(LoadOptions, EveryOneOnThePageIsTaken) {
  test::TinyServer http("http"), counter("counter", let_in);
  const subjects::ScratchFolder folder;
  const std::string http_socket = folder.path() / "http", counter_socket = folder.path() / "counter";
  ServeCall http_on_socket({"serve", "event-loop", "http", "--unix-socket", http_socket});
  ServeCall counter_on_socket({"serve", "event-loop", "counter", "--unix-socket", counter_socket});
  const std::string file = (folder.path() / "file").string();
  const std::string cpus = measure::format_cpu_list(measure::allowed_cpus());
  const std::set<std::string> codes = codes_of_the_page();
  EXPECT_GT(codes.size(), 50U);
  for (const std::string& code : codes) {
    test::write_text(file, "/\n");
    std::vector<std::string> words = words_of(replaced(replaced(code, "FILE", file), "0,1", cpus));
    const bool redis = code.find("redis://") != std::string::npos;
    const std::string server = "127.0.0.1:" + std::to_string((redis ? counter : http).port());
    for (std::string& word : words) {
      word = replaced(replaced(word, "SERVER", server), "PATH", redis ? counter_socket : http_socket);
    }
    std::vector<std::string> arguments{"load"};
    if (!words[0].starts_with(redis ? "redis" : "http")) arguments.push_back("http://" + server + "/");
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--no-ceiling", "--warmup", "0"});
    // Whatever it is, it ends soon: by a number of requests, or by the clock.
    const auto has = [&](const char* option) { return std::ranges::find(words, option) != words.end(); };
    if (!has("-n")) arguments.insert(arguments.end(), {"-n", "10"});
    if (!has("-d")) arguments.insert(arguments.end(), {"-d", "100ms"});
    const auto result = bakeoff_call(arguments);
    EXPECT_NE(result.status, 2) << code << ": " << result.errors;
    EXPECT_NE(result.status, 1) << code << ": " << result.errors;
  }
}

}  // namespace
}  // namespace bakeoff::e2e

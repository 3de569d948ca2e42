// Our reader of HTTP replies and that of Node.js on the same bytes: the rows of workloads/HTTP_REPLIES.md and the seeds
// of the fuzzer, as they are and with bytes changed, lost and repeated. Where they come to something else, the bytes
// show a known difference (http_differences.h).
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "harness/subjects/find_program.h"
#include "harness/subjects/process.h"
#include "tests/fuzz/differential/http_differences.h"
#include "tests/fuzz/differential/rounds.h"
#include "tests/fuzz/session_input.h"
#include "tests/text_file.h"
#include "tests/workloads/reply_cases.h"
#include "tests/workloads/rubbish.h"

namespace bakeoff::fuzz::differential {
namespace {

constexpr std::uint64_t kHttpRounds = 3000;

std::string hex_of(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kHex[static_cast<unsigned char>(c) >> 4];
    text += kHex[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

/// http_replies.js, which answers line by line.
class NodeParser {
 public:
  explicit NodeParser(const std::string& program)
      : process_(subjects::Process::start(
            {.argv = {program, "--no-deprecation", BAKEOFF_SOURCE_DIR "/tests/fuzz/differential/http_replies.js"}})) {}

  std::string outcome(std::string_view bytes) {
    process_.write(hex_of(bytes) + "\n");
    constexpr std::chrono::seconds kPatience{20};
    return process_.read_line(kPatience).value_or("(no answer)");
  }

 private:
  subjects::Process process_;
};

/// Ours in the same words: the body in hexadecimal.
std::string our_outcome(std::string_view bytes) {
  workloads::ReplyReading reading(false);
  reading.feed(bytes);
  std::string text = reading.end();
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text.front())) == 0) return text;
  constexpr std::size_t kStatus = 3;
  constexpr std::string_view kAtTheEnd = " at the end", kCloses = " closes";
  std::string tail;
  for (const std::string_view ending : {kAtTheEnd, kCloses}) {
    if (!text.ends_with(ending)) continue;
    tail.insert(0, ending);
    text.resize(text.size() - ending.size());
  }
  const std::string body = text.size() > kStatus + 1 ? " " + hex_of(text.substr(kStatus + 1)) : "";
  return text.substr(0, kStatus) + body + tail;
}

/// The bytes end in the midst of a head, which may be refused as it comes, or not before it is complete.
bool ends_in_head(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t end = bytes.rfind(kEnd);
  return end == bytes.npos || bytes.substr(end + kEnd.size()).find("HTTP/") != bytes.npos;
}

/// Why they refuse has no common words.
bool is_alike(const std::string& ours, const std::string& theirs, std::string_view bytes) {
  if (ours == theirs) return true;
  const auto refused = [](const std::string& outcome) { return outcome.starts_with("refused"); };
  return (refused(ours) && refused(theirs)) || (refused(ours) != refused(theirs) && ends_in_head(bytes));
}

std::vector<std::string> good_replies() {
  std::vector<std::string> good;
  for (const workloads::ReplyCase& one : workloads::read_reply_cases()) good.push_back(one.bytes);
  for (const auto& entry : std::filesystem::directory_iterator(BAKEOFF_SOURCE_DIR "/tests/fuzz/seeds/http_client")) {
    const std::string input = test::contents_of(entry.path());
    good.emplace_back(SessionInput(input).bytes());
  }
  std::ranges::sort(good);
  return good;
}

class HttpDifferential : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path program = subjects::find_program("node");
    if (program.empty()) GTEST_SKIP() << "no node on PATH (Debian: nodejs)";
    node_.emplace(program.string());
  }

  /// The known difference that explains it; nullptr where they are alike, or nothing does.
  const HttpDifference* compare(std::string_view bytes) {
    const std::string ours = our_outcome(bytes), theirs = node_->outcome(bytes);
    if (is_alike(ours, theirs, bytes)) return nullptr;
    const auto known = http_differences();
    const auto explains =
        std::ranges::find_if(known, [&](const HttpDifference& difference) { return difference.shows(bytes); });
    if (explains != known.end()) return &*explains;
    ADD_FAILURE() << testing::PrintToString(std::string(bytes)) << "\nours    " << ours << "\nNode.js " << theirs;
    return nullptr;
  }

  std::optional<NodeParser> node_;
};

TEST_F(HttpDifferential, EachKnownDifferenceIsStillThere) {
  for (const HttpDifference& difference : http_differences()) {
    EXPECT_TRUE(difference.shows(difference.example)) << difference.name;
    EXPECT_NE(compare(difference.example), nullptr)
        << difference.name << ": the two are alike now, so it is no longer one";
  }
}

TEST_F(HttpDifferential, GoodRepliesComeToTheSame) {
  for (const std::string& reply : good_replies()) compare(reply);
}

TEST_F(HttpDifferential, RepliesThatAreNearlyGoodComeToTheSame) {
  workloads::Rubbish rubbish(good_replies(), 20260101);
  std::uint64_t explained = 0;
  const std::uint64_t rounds = rounds_asked_for(kHttpRounds);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (compare(rubbish.changed()) != nullptr) ++explained;
    if (HasFailure()) return;
  }
  // Otherwise the table explains everything, and nothing is compared.
  EXPECT_LT(explained, rounds / 2);
}

}  // namespace
}  // namespace bakeoff::fuzz::differential

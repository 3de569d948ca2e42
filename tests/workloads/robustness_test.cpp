// Random bytes into every server and every client: no crash, no endless memory, and every answer is protocol.
#include <gtest/gtest.h>

#include <random>

#include "tests/workloads/conversation.h"
#include "tests/workloads/vectors.h"

namespace bakeoff::workloads {
namespace {

constexpr int kRounds = 400;

/// Bytes that look like the protocol until they do not: pieces of good ones, with bytes changed, lost and repeated.
class Rubbish {
 public:
  Rubbish(std::vector<std::string> good, unsigned seed) : good_(std::move(good)), random_(seed) {}

  std::string next() {
    std::string bytes;
    for (std::size_t parts = 1 + random_() % 6; parts > 0; --parts) {
      std::string part = good_.empty() || random_() % 8 == 0 ? noise() : good_[random_() % good_.size()];
      for (std::size_t changes = random_() % 4; changes > 0 && !part.empty(); --changes) change(part);
      bytes += part;
    }
    return bytes;
  }
  std::size_t piece() { return random_() % 3 == 0 ? 1 + random_() % 3 : 1 + random_() % 200; }

 private:
  std::string noise() {
    std::string bytes(random_() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  void change(std::string& part) {
    const std::size_t at = random_() % part.size();
    switch (random_() % 4) {
      case 0:
        part[at] = static_cast<char>(random_());
        break;
      case 1:
        part.erase(at, 1 + random_() % 5);
        break;
      case 2:
        part.insert(at, part.substr(0, random_() % 30));
        break;
      default:
        part[at] = "\r\n*$:+-0129 /"[random_() % 13];
    }
  }

  std::vector<std::string> good_;
  std::mt19937 random_;
};

std::vector<std::string> good_bytes(std::string_view workload, bool requests) {
  std::vector<std::string> good;
  for (const Vector& vector : read_vectors(BAKEOFF_SOURCE_DIR "/workloads/PROTOCOLS.md")) {
    if (vector.workload != workload) continue;
    for (const auto& exchange : vector.exchanges) good.push_back(requests ? exchange.request : exchange.reply);
  }
  return good;
}

TEST(Robustness, ServersSurviveAnythingAndAnswerWhatTheyWouldAnswerWhole) {
  for (const WorkloadEntry& entry : workload_entries()) {
    Rubbish rubbish(good_bytes(entry.name, true), 4711);
    for (int round = 0; round < kRounds; ++round) {
      const std::string bytes = rubbish.next();
      const auto one = make_service(entry.name, StoreKind::unshared);
      Conversation whole(*one);
      const std::string expected = whole.say(bytes);
      const auto other = make_service(entry.name, StoreKind::process_shared);
      Conversation pieces(*other);
      const std::string replies = pieces.say_in_pieces(bytes, [&] { return rubbish.piece(); });
      ASSERT_EQ(replies, expected) << entry.name << " round " << round;
      ASSERT_EQ(pieces.closed(), whole.closed()) << entry.name << " round " << round;
    }
  }
}

TEST(Robustness, ClientsSurviveAnythingAndHearTheSameInPieces) {
  const std::pair<std::string_view, std::string> kinds[] = {
      {"echo", ""},         {"http", "/"},        {"http", "/id/{k}"}, {"counter", "incr/k"},
      {"counter", "get/k"}, {"counter", "set/k"}, {"counter", "ping"}};
  for (const auto& [name, request] : kinds) {
    const WorkloadEntry& entry = *find_workload(name);
    Rubbish rubbish(good_bytes(name, false), 815);
    for (int round = 0; round < kRounds; ++round) {
      const std::string bytes = rubbish.next();
      for (const auto make : {entry.make_client, entry.make_verifier}) {
        const auto whole = make({.request = request});
        const auto pieces = make({.request = request});
        std::string ignored;
        for (int i = 0; i < 5; ++i) {
          whole->next_request(ignored);
          pieces->next_request(ignored);
        }
        Heard expected;
        add(expected, whole->consume(bytes));
        Heard heard;
        for (std::size_t at = 0; at < bytes.size();) {
          const std::string piece = bytes.substr(at, rubbish.piece());
          at += piece.size();
          add(heard, pieces->consume(piece));
        }
        ASSERT_EQ(heard.completed, expected.completed) << name << ' ' << request << " round " << round;
        ASSERT_EQ(heard.wrong, expected.wrong);
        ASSERT_EQ(heard.error_replies, expected.error_replies);
        ASSERT_EQ(heard.broken, expected.broken) << name << ' ' << request << " round " << round;
      }
    }
  }
}

}  // namespace
}  // namespace bakeoff::workloads

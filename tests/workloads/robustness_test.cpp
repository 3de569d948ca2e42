// Random bytes into every server and every client: no crash, no endless memory, and every answer is protocol.
#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"
#include "tests/workloads/rubbish.h"
#include "tests/workloads/vectors.h"

namespace bakeoff::workloads {
namespace {

constexpr int kRounds = 400;

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

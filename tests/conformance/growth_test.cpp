// What connections and stores come to hold: it is bounded, and it is given back.
#include <gtest/gtest.h>

#include <deque>
#include <fstream>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"
#include "tests/eventually.h"

namespace bakeoff::conformance {
namespace {

constexpr std::size_t kMebibyte = 1024UL * 1024;
constexpr std::string_view kOutOfMemory = "-OOM ";

/// The memory of the subject and its workers: what they use alone, and their part of what they share.
std::size_t pss_bytes(const RunningSubject& subject) {
  auto processes = subject.workers();
  processes.push_back(subject.pid());
  std::size_t kib = 0;
  for (const pid_t process : processes) {
    std::ifstream rollup("/proc/" + std::to_string(process) + "/smaps_rollup");
    for (std::string word; rollup >> word;) {
      std::size_t found = 0;
      if (word == "Pss:" && rollup >> found) kib += found;
    }
  }
  return kib * 1024;
}

/// MGET of the key k, `times` times.
std::string many_of_k(std::size_t times) {
  std::vector<std::string> words(times + 1, "k");
  words.front() = "MGET";
  return resp(words);
}

class Growth : public testing::TestWithParam<Pairing> {
 protected:
  static void store_a_mebibyte(const RunningSubject& subject) {
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send(resp({"SET", "k", std::string(kMebibyte, 'v')})));
    ASSERT_EQ(connection.receive(5), "+OK\r\n");
  }
};

TEST_P(Growth, GoesBackToTheSystemHoweverAConnectionEnds) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps what is freed";
  constexpr std::size_t kTimes = 63, kAtOnce = 2, kReply = kTimes * kMebibyte;
  constexpr std::size_t kOrdinary = 8 * kMebibyte;
  RunningSubject subject(GetParam().serving(kAtOnce));
  store_a_mebibyte(subject);
  const std::size_t before = pss_bytes(subject);
  const auto expect_given_back = [&](const char* after) {
    ASSERT_TRUE(test::eventually([&] { return pss_bytes(subject) <= before + kOrdinary; }))
        << (pss_bytes(subject) - before) / kMebibyte << " MiB are still held after " << after;
  };
  std::deque<Connection> connections;
  const auto ask = [&] {
    connections.clear();
    while (connections.size() < (GetParam().model.one_at_a_time() ? 1 : kAtOnce)) {
      connections.emplace_back(subject.port());
      ASSERT_TRUE(connections.back().send(many_of_k(kTimes)));
    }
    for (Connection& connection : connections) ASSERT_TRUE(connection.readable(kPatience));
  };
  ask();
  for (Connection& connection : connections) connection.reset();
  expect_given_back("a reset");
  ask();
  for (Connection& connection : connections) EXPECT_GT(connection.receive(kReply).size(), kReply - 1);
  expect_given_back("the whole was read, the connection still open");
  for (Connection& connection : connections) EXPECT_TRUE(connection.send("*x\r\n"));
  for (Connection& connection : connections) connection.receive_until_end();
  expect_given_back("a protocol error");
  subject.stop();
}

/// Where several connections are served at the same time.
class GrowthOverAll : public Growth {};

TEST_P(GrowthOverAll, OfRepliesThatNobodyReadsIsBounded) {
  // The kernel takes some MiB of each; the rest is what the subject holds.
  constexpr std::size_t kTimes = 15, kClaimed = 16 * kMebibyte, kNonReaders = 5, kFit = 2;
  ServeArguments serving = GetParam().serving(kNonReaders + 1);
  serving.more = {"--unread-bytes", std::to_string(kFit * kClaimed)};
  RunningSubject subject(serving);
  store_a_mebibyte(subject);
  std::deque<Connection> non_readers;
  for (std::size_t i = 0; i < kNonReaders; ++i) {
    non_readers.emplace_back(subject.port(), 4096);
    ASSERT_TRUE(non_readers.back().send(many_of_k(kTimes)));
    ASSERT_TRUE(non_readers.back().readable(kPatience));
  }
  Connection other(subject.port());
  ASSERT_TRUE(other.send("PING\r\n"));
  EXPECT_EQ(other.receive(7), "+PONG\r\n");
  // Not before all have been asked, because a client that reads makes room.
  std::size_t refused = 0;
  for (Connection& connection : non_readers) refused += connection.receive(kOutOfMemory.size()) == kOutOfMemory ? 1 : 0;
  EXPECT_EQ(refused, kNonReaders - kFit);
  // A client that leaves makes room too.
  non_readers.clear();
  const auto is_answered = [&] {
    if (!other.send(many_of_k(kTimes)) || other.receive(kOutOfMemory.size()) != kOutOfMemory) return true;
    while (other.receive(1) != "\n") continue;
    return false;
  };
  ASSERT_TRUE(test::eventually(is_answered)) << "what the others held is still held";
  EXPECT_EQ(other.receive(kTimes * kMebibyte).size(), kTimes * kMebibyte);
  subject.stop();
}

TEST_P(Growth, OfTheStoreEndsAtItsCapWhereAllElseIsStillAnswered) {
  ServeArguments serving = GetParam().serving(1);
  serving.more = {"--store-bytes", std::to_string(kMebibyte)};
  RunningSubject subject(serving);
  Connection connection(subject.port());
  std::string reply = "+OK\r\n";
  for (int i = 0; i < 100 && reply == "+OK\r\n"; ++i) {
    ASSERT_TRUE(connection.send(resp({"SET", std::to_string(i), std::string(100'000, 'v')})));
    reply = connection.receive(5);
  }
  ASSERT_EQ(reply, kOutOfMemory);
  while (connection.receive(1) != "\n") continue;
  ASSERT_TRUE(connection.send("PING\r\nGET none\r\nDEL 0\r\nFLUSHALL\r\nDBSIZE\r\nSET 0 text\r\n"));
  const std::string_view rest = "+PONG\r\n$-1\r\n:1\r\n+OK\r\n:0\r\n+OK\r\n";
  EXPECT_EQ(connection.receive(rest.size()), rest);
  subject.stop();
}

std::vector<Pairing> over_counter() {
  auto all = pairings_one_at_a_time();
  std::erase_if(all, [](const Pairing& pairing) { return pairing.workload->name != "counter"; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, Growth, testing::ValuesIn(over_counter()),
                         pairing_name<testing::TestParamInfo<Pairing>>);
INSTANTIATE_TEST_SUITE_P(Every, GrowthOverAll, testing::ValuesIn(pairings("counter")),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

// Many connections at once: none gets the bytes of another, and what is shared is counted exactly.
#include <gtest/gtest.h>

#include <charconv>
#include <set>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class ManyConnections : public testing::TestWithParam<Pairing> {};

TEST_P(ManyConnections, OfAThousandEachGetsItsOwnAnswers) {
  constexpr std::size_t kConnections = 1000;
  constexpr int kRounds = 5;
  const auto& workload = *GetParam().workload;
  RunningSubject subject(GetParam().serving(kConnections));
  std::vector<CheckingClient> peers;
  for (std::size_t i = 0; i < kConnections; ++i) peers.emplace_back(workload, subject.port(), i);
  for (int round = 0; round < kRounds; ++round) {
    for (auto& peer : peers) peer.ask();
    for (auto& peer : peers) peer.await();
  }
  std::uint64_t asked = 0;
  for (const auto& peer : peers) asked += peer.asked();
  EXPECT_EQ(asked, kConnections * kRounds);
  const Receipt receipt = subject.stop();  // with all of them still connected
  EXPECT_EQ(receipt.requests, asked);
  EXPECT_EQ(receipt.connections, kConnections);
  EXPECT_GE(receipt.units_created.value_or(0), 1U);
  EXPECT_GE(receipt.peak_live_units.value_or(0), 1U);
  EXPECT_LE(receipt.peak_live_units, receipt.units_created);
}

TEST_P(ManyConnections, ThatComeAndGoLeaveNothingBehind) {
  const auto& workload = *GetParam().workload;
  constexpr std::size_t kAtOnce = 8;
  RunningSubject subject(GetParam().serving(kAtOnce));
  for (std::size_t wave = 0; wave < 60; ++wave) {
    std::vector<CheckingClient> peers;
    for (std::size_t i = 0; i < kAtOnce; ++i) peers.emplace_back(workload, subject.port(), wave * kAtOnce + i);
    for (auto& peer : peers) peer.ask();
    for (auto& peer : peers) peer.await();
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.requests, 60 * kAtOnce);
  EXPECT_EQ(receipt.connections, 60 * kAtOnce);
}

INSTANTIATE_TEST_SUITE_P(Every, ManyConnections, testing::ValuesIn(pairings()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

class Echo : public testing::TestWithParam<Pairing> {};

TEST_P(Echo, OfMessagesOfAnySizeIsExact) {
  for (const std::size_t bytes : {1, 1023, 1024, 1025, 16 * 1024, 64 * 1024 + 1, 1024 * 1024}) {
    SCOPED_TRACE(std::to_string(bytes) + " bytes");
    constexpr std::size_t kConnections = 8;
    ServeArguments serving = GetParam().serving(kConnections);
    serving.message_bytes = bytes;
    RunningSubject subject(serving);
    std::vector<CheckingClient> peers;
    for (std::size_t i = 0; i < kConnections; ++i) {
      peers.emplace_back(*GetParam().workload, subject.port(), i, "", bytes);
    }
    for (int round = 0; round < 3; ++round) {
      for (auto& peer : peers) peer.ask();
      for (auto& peer : peers) peer.await();
    }
    const Receipt receipt = subject.stop();
    EXPECT_EQ(receipt.bytes_sent, receipt.bytes_received);
    EXPECT_EQ(receipt.bytes_sent, 3 * kConnections * bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Echo, testing::ValuesIn(pairings("echo")),
                         pairing_name<testing::TestParamInfo<Pairing>>);

class Counter : public testing::TestWithParam<Pairing> {};

TEST_P(Counter, OfFiftyConnectionsIsExactAndEveryReplyIsUnique) {
  constexpr std::size_t kConnections = 50;
  constexpr std::size_t kIncrements = 200;
  RunningSubject subject(GetParam().serving(kConnections));
  std::string requests;
  for (std::size_t i = 0; i < kIncrements; ++i) requests += resp({"INCR", "counter"});

  std::vector<Connection> connections;
  for (std::size_t i = 0; i < kConnections; ++i) connections.emplace_back(subject.port());
  // Pipelined in pieces, so that the connections truly interleave.
  for (const auto piece : random_pieces(requests, 5, 900)) {
    for (auto& connection : connections) ASSERT_TRUE(connection.send(piece));
  }
  std::set<std::int64_t> seen;
  for (auto& connection : connections) {
    connection.shutdown_write();
    const std::string replies = connection.receive_until_end();
    std::int64_t last = 0;
    for (std::size_t at = 0; at < replies.size();) {
      ASSERT_EQ(replies[at], ':') << replies.substr(at, 80);
      std::int64_t value = 0;
      const auto end = replies.find("\r\n", at);
      std::from_chars(replies.data() + at + 1, replies.data() + end, value);
      EXPECT_GT(value, last) << "one connection sees the counter only rise";
      EXPECT_TRUE(seen.insert(value).second) << value << " was answered twice";
      last = value;
      at = end + 2;
    }
  }
  EXPECT_EQ(seen.size(), kConnections * kIncrements);
  EXPECT_EQ(*seen.rbegin(), static_cast<std::int64_t>(kConnections * kIncrements));
  EXPECT_EQ(subject.stop().final_counter, static_cast<std::int64_t>(kConnections * kIncrements));
}

TEST_P(Counter, AValueSetOnOneConnectionIsReadOnAnother) {
  RunningSubject subject(GetParam().serving(3));
  const std::string value(200'000, 'x');
  Connection writer(subject.port());
  ASSERT_TRUE(writer.send(resp({"SET", "shared", value})));
  ASSERT_EQ(writer.receive(5), "+OK\r\n");
  Connection reader(subject.port());
  ASSERT_TRUE(reader.send(resp({"GET", "shared"})));
  const std::string expected = "$200000\r\n" + value + "\r\n";
  EXPECT_TRUE(reader.receive(expected.size()) == expected);
  ASSERT_TRUE(reader.send("FLUSHALL\r\n"));
  ASSERT_EQ(reader.receive(5), "+OK\r\n");
  ASSERT_TRUE(writer.send("GET shared\r\n"));
  EXPECT_EQ(writer.receive(5), "$-1\r\n");
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, Counter, testing::ValuesIn(pairings("counter")),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

// The counter's server beyond its vectors: limits, long pipelines, long values.
#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"
#include "tests/workloads/store_fixture.h"
#include "workloads/resp.h"

namespace bakeoff::workloads {
namespace {

class CounterServer : public testing::Test {
 protected:
  std::unique_ptr<Service> service_ = make_service("counter");
  Conversation server_{*service_};
};

TEST_F(CounterServer, KeepsAValueOfOneMebibyteThatArrivesInPieces) {
  const std::string value(kLongestBulk, 'v');
  EXPECT_EQ(server_.say_in_pieces(resp_command({"SET", "k", value}), [] { return 16 * 1024; }), "+OK\r\n");
  EXPECT_EQ(server_.say(resp_command({"GET", "k"})), "$1048576\r\n" + value + "\r\n");
}

TEST_F(CounterServer, TakesAKeyOfOneMebibyte) {
  const std::string key(kLongestBulk, 'k');
  EXPECT_EQ(server_.say(resp_command({"INCR", key})), ":1\r\n");
  EXPECT_EQ(server_.say(resp_command({"EXISTS", key})), ":1\r\n");
}

TEST_F(CounterServer, TakesAMebibyteByteByByte) {
  const std::string value(kLongestBulk, 'v');
  EXPECT_EQ(server_.say_byte_by_byte(resp_command({"ECHO", value})), "$1048576\r\n" + value + "\r\n");
}

TEST_F(CounterServer, TakesThousandsOfArgumentsByteByByte) {
  std::string many = "*100001\r\n$6\r\nEXISTS\r\n";
  for (int i = 0; i < 100'000; ++i) many += "$1\r\nk\r\n";
  server_.say(resp_command({"SET", "k", "x"}));
  EXPECT_EQ(server_.say_byte_by_byte(many), ":100000\r\n");
}

TEST_F(CounterServer, AnswersAHundredThousandRequestsInOneBuffer) {
  std::string pipeline;
  std::string expected;
  for (int i = 1; i <= 100'000; ++i) {
    append_command(pipeline, {"INCR", "counter"});
    append_number(expected, ':', i);
  }
  EXPECT_EQ(server_.say(pipeline), expected);
  EXPECT_LE(server_.longest_handover(), kReplyCap + 16);
  EXPECT_EQ(service_->receipt().final_counter, 100'000);
}

TEST_F(CounterServer, ACommandOverFourMebibytesIsAProtocolError) {
  const std::string value(kLongestBulk, 'v');
  const std::string large = resp_command({"MSET", "a", value, "b", value, "c", value, "d", value, "e", value})
                                .substr(0, kLongestBulk * 9 / 2);
  EXPECT_EQ(server_.say_in_pieces(large, [] { return 64 * 1024; }),
            "-ERR Protocol error: command longer than 4194304 bytes\r\n");
  EXPECT_TRUE(server_.closed());
}

TEST_F(CounterServer, AReplyThatWouldFillTheMemoryIsAnErrorAndTheConnectionGoesOn) {
  server_.say(resp_command({"SET", "k", std::string(kLongestBulk, 'v')}));
  std::string greedy = "*10001\r\n$4\r\nMGET\r\n";
  for (int i = 0; i < 10'000; ++i) greedy += "$1\r\nk\r\n";
  EXPECT_EQ(server_.say(greedy), "-ERR reply longer than 67108864 bytes\r\n");
  EXPECT_EQ(server_.say("PING\r\n"), "+PONG\r\n");
}

TEST_F(CounterServer, RequestsOfTwoConnectionsMeetInTheStore) {
  Conversation other(*service_);
  EXPECT_EQ(server_.say("INCR n\r\n"), ":1\r\n");
  EXPECT_EQ(other.say("INCR n\r\n"), ":2\r\n");
  EXPECT_EQ(server_.say("GET n\r\n"), "$1\r\n2\r\n");
}

TEST_F(CounterServer, TheReceiptHasNoFinalCounterWhereThereIsNone) {
  EXPECT_EQ(service_->receipt().final_counter, std::nullopt);
  server_.say("SET counter text\r\n");
  EXPECT_EQ(service_->receipt().final_counter, std::nullopt);
  server_.say("SET counter -5\r\n");
  EXPECT_EQ(service_->receipt().final_counter, -5);
}

TEST_F(CounterServer, AnErrorCannotForgeAReply) {
  EXPECT_EQ(server_.say("*2\r\n$11\r\nx\r\n+OK\r\n+OK\r\n$1\r\ny\r\n"),
            "-ERR unknown command 'x  +OK  +OK', with args beginning with: 'y' \r\n");
}

TEST_F(CounterServer, ProtocolErrorsCountAsRequests) {
  server_.say("PING\r\n*x\r\n");
  EXPECT_TRUE(server_.closed());
  { const Conversation gone = std::move(server_); }
  EXPECT_EQ(service_->receipt().requests, 2U);
}

TEST(CounterInAnArena, AFullStoreIsTheOutOfMemoryErrorAndKeepsWhatItHas) {
  const auto service = make_service("counter", StoreKind::process_shared, 64, 4 * 1024 * 1024);
  Conversation server(*service);
  const std::string value(100'000, 'v');
  int stored = 0;
  std::string reply;
  while ((reply = server.say(resp_command({"SET", "k" + std::to_string(stored), value}))) == "+OK\r\n") ++stored;
  EXPECT_EQ(reply, "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  EXPECT_GT(stored, 20);
  EXPECT_EQ(server.say("DBSIZE\r\n"), ":" + std::to_string(stored) + "\r\n");
  EXPECT_EQ(server.say("INCR small\r\n"), ":1\r\n");
  EXPECT_EQ(server.say("FLUSHALL\r\n"), "+OK\r\n");
  EXPECT_EQ(server.say(resp_command({"SET", "k", std::string(kLongestBulk, 'v')})), "+OK\r\n");
}

}  // namespace
}  // namespace bakeoff::workloads

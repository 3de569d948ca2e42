#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/workloads/conversation.h"
#include "workloads/ledger.h"

namespace bakeoff::workloads {
namespace {

std::unique_ptr<ClientSession> counter_client(const std::string& request, std::uint64_t connection = 0) {
  return find_workload("counter")->make_client({.seed = 5, .connection = connection, .request = request});
}

std::string request_of(ClientSession& session) {
  std::string bytes;
  session.next_request(bytes);
  return bytes;
}

TEST(CounterClient, EveryRequestIsAnsweredRightByOurServer) {
  for (const std::string request : {"incr/counter", "get/key", "set/key", "ping", "incr/a:b/c"}) {
    const auto service = make_service("counter");
    Conversation server(*service);
    const auto asking = counter_client(request);
    const Heard heard = talk(*asking, server, 1000, 7);
    EXPECT_EQ(heard.completed, 1000U) << request;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << asking->complaint();
  }
}

TEST(CounterClient, RepliesMayArriveByteByByte) {
  for (const std::string request : {"incr/counter", "get/key", "set/key", "ping"}) {
    const auto service = make_service("counter");
    Conversation server(*service);
    const auto asking = counter_client(request);
    std::string requests;
    for (int i = 0; i < 20; ++i) asking->next_request(requests);
    Heard heard;
    for (const char byte : server.say(requests)) add(heard, asking->consume({&byte, 1}));
    EXPECT_EQ(heard.completed, 20U) << request;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << asking->complaint();
  }
}

TEST(CounterClient, IncrRepliesMustRise) {
  const auto asking = counter_client("incr/k");
  EXPECT_EQ(hear(*asking, ":5\r\n:9\r\n", 2).wrong, 0U);
  EXPECT_EQ(hear(*asking, ":9\r\n").wrong, 1U);
  EXPECT_EQ(hear(*asking, ":10\r\n").wrong, 0U);
  EXPECT_EQ(hear(*asking, "+OK\r\n").wrong, 1U);
  EXPECT_EQ(hear(*asking, ":9223372036854775807\r\n").wrong, 0U);
  EXPECT_EQ(asking->complaint(), "expected a number above the one before, got :9\\r\\n");
}

TEST(CounterClient, ANumberThatTwoConnectionsWereGivenIsWrong) {
  Ledger ledger;
  const auto make = [&](std::uint64_t connection) {
    return find_workload("counter")->make_client({.connection = connection, .request = "incr/k", .ledger = &ledger});
  };
  const auto one = make(0);
  const auto other = make(1);
  EXPECT_EQ(hear(*one, ":1\r\n:2\r\n:4\r\n", 3).wrong, 0U);
  EXPECT_EQ(hear(*other, ":3\r\n", 1).wrong, 0U);
  const Heard heard = hear(*other, ":4\r\n:5\r\n", 2);
  EXPECT_EQ(heard.completed, 2U);
  EXPECT_EQ(heard.wrong, 1U);
  EXPECT_EQ(other->complaint(), "expected a number that no other increment was answered with, got :4\\r\\n");
  EXPECT_EQ(ledger.count(), 5U);
  EXPECT_EQ(ledger.duplicates(), 1U);
}

TEST(CounterClient, EveryNumberIsEnteredHoweverItArrives) {
  Ledger ledger;
  const auto asking = find_workload("counter")->make_client({.request = "incr/k", .ledger = &ledger});
  Heard heard = hear(*asking, ":-3\r\n:9223372036854775806\r\n", 2);
  EXPECT_EQ(heard.wrong, 0U);
  heard = hear(*asking, ":-3\r\n:5\r\n-ERR no\r\n", 3);
  EXPECT_EQ(heard.wrong, 2U) << "neither rises, and each counts once";
  EXPECT_EQ(ledger.count(), 3U);
  EXPECT_EQ(ledger.duplicates(), 1U);
  std::string request;
  asking->next_request(request);
  for (const char byte : std::string_view(":9223372036854775807\r\n")) add(heard, asking->consume({&byte, 1}));
  EXPECT_EQ(ledger.count(), 4U);
}

TEST(CounterClient, OurServerGivesNoNumberTwice) {
  Ledger ledger;
  const auto service = make_service("counter");
  Conversation server(*service);
  std::vector<std::unique_ptr<ClientSession>> clients;
  for (std::uint64_t i = 0; i < 3; ++i) {
    clients.push_back(find_workload("counter")->make_client({.connection = i, .ledger = &ledger}));
  }
  for (int round = 0; round < 50; ++round) {
    for (const auto& asking : clients) EXPECT_EQ(talk(*asking, server, 7, 3).wrong, 0U) << asking->complaint();
  }
  EXPECT_EQ(ledger.count(), 50U * 3 * 7);
  EXPECT_EQ(ledger.duplicates(), 0U);
}

TEST(CounterClient, NegativeCountersRiseToo) {
  const auto asking = counter_client("incr/k");
  EXPECT_EQ(hear(*asking, ":-9223372036854775807\r\n:-1\r\n:0\r\n:1\r\n", 4).wrong, 0U);
}

TEST(CounterClient, GetWantsItsOwnValue) {
  const auto mine = counter_client("get/k", 1);
  const auto other = counter_client("get/k", 2);
  EXPECT_NE(request_of(*mine), request_of(*other));  // the SETs
  EXPECT_EQ(request_of(*mine), "*2\r\n$3\r\nGET\r\n$3\r\nk:1\r\n");
  EXPECT_EQ(hear(*mine, "+OK\r\n", 0).wrong, 0U);
  EXPECT_EQ(hear(*mine, "$16\r\nabcdefghabcdefgh\r\n", 0).wrong, 1U);
  EXPECT_EQ(hear(*mine, "$-1\r\n").wrong, 1U);
}

TEST(CounterClient, TheFirstReplyOfGetMustBeOk) {
  const auto asking = counter_client("get/k");
  const Heard heard = hear(*asking, "$-1\r\n");
  EXPECT_EQ(heard.wrong, 1U);
  EXPECT_EQ(asking->complaint(), "expected +OK\\r\\n, got $-1\\r\\n");
}

TEST(CounterClient, ErrorsAreCountedAsErrorsAndNotAsWrong) {
  for (const std::string request : {"incr/k", "get/k", "set/k", "ping"}) {
    const auto asking = counter_client(request);
    const Heard heard = hear(*asking, "-ERR no\r\n");
    EXPECT_EQ(heard.completed, 1U);
    EXPECT_EQ(heard.error_replies, 1U);
    EXPECT_EQ(heard.wrong, 0U);
    EXPECT_NE(asking->complaint(), "");
    std::string another;
    asking->next_request(another);
    EXPECT_EQ(asking->consume("-BUSY\r\n").code.view(), "BUSY");
  }
}

TEST(CounterClient, WithoutCheckAnyAnswerIsRightAndAnErrorIsStillAnError) {
  Ledger ledger;
  for (const std::string request : {"incr/k", "get/k", "set/k", "ping"}) {
    const auto asking = find_workload("counter")->make_client({.request = request, .check = false, .ledger = &ledger});
    Heard heard = hear(*asking, ":9\r\n:9\r\n$3\r\nabc\r\n+OK\r\n$-1\r\n", 5);
    EXPECT_EQ(heard.completed, 5U) << request;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << request;
    EXPECT_EQ(asking->complaint(), "");
    heard = hear(*asking, "-ERR no\r\n");
    EXPECT_EQ(heard.error_replies, 1U) << request;
    EXPECT_EQ(heard.wrong, 0U) << request;
    EXPECT_NE(asking->complaint(), "");
    EXPECT_TRUE(hear(*asking, "HTTP/1.1 400 No\r\n").broken);
  }
  EXPECT_EQ(ledger.count(), 0U);
}

TEST(CounterClient, WhatIsNoReplyBreaksTheConnectionForGood) {
  const auto asking = counter_client("ping");
  EXPECT_TRUE(hear(*asking, "HTTP/1.1 400 Bad Request\r\n").broken);
  const Heard after = hear(*asking, "+PONG\r\n");
  EXPECT_TRUE(after.broken);
  EXPECT_EQ(after.completed, 0U);
}

TEST(CounterClient, AReplyThatNobodyAskedForBreaksTheConnection) {
  EXPECT_TRUE(hear(*counter_client("ping"), "+PONG\r\n+PONG\r\n", 1).broken);
}

TEST(CounterClient, AnEndlessReplyBreaksTheConnection) {
  const auto asking = counter_client("ping");
  Heard heard = hear(*asking, "+");
  const std::string block(1024 * 1024, 'x');
  for (int i = 0; i < 5; ++i) add(heard, asking->consume(block));
  EXPECT_TRUE(heard.broken);
}

TEST(CounterClient, UnknownRequestsAreRefusedInOneLine) {
  for (const std::string request : {"incr", "incr/", "del/k", "PING", "/k", "ping/k"}) {
    try {
      counter_client(request);
      ADD_FAILURE() << request;
    } catch (const std::invalid_argument& error) {
      EXPECT_NE(std::string(error.what()).find(request), std::string::npos);
    }
  }
}

TEST(CounterVerifier, LeavesNoKeyBehind) {
  const auto service = make_service("counter");
  Conversation server(*service);
  server.say("SET mine 1\r\n");
  const auto verifier = find_workload("counter")->make_verifier({.seed = 3});
  const Heard heard = talk(*verifier, server, 1000);
  EXPECT_EQ(heard.wrong, 0U) << verifier->complaint();
  EXPECT_GT(heard.error_replies, 0U) << "the errors that it asks for";
  EXPECT_EQ(verifier->complaint(), "");
  EXPECT_EQ(server.say("DBSIZE\r\n"), ":1\r\n");
}

TEST(CounterVerifier, AsksAServerThatNeedNotKnowThemAllForFiveCommandsOnlyAndMayAskAgain) {
  const auto service = make_service("counter");
  Conversation server(*service);
  for (int time = 0; time < 2; ++time) {
    const auto verifier = find_workload("counter")->make_verifier({.seed = 3, .whole = false});
    const Heard heard = talk(*verifier, server, 1000);
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << verifier->complaint();
    EXPECT_EQ(heard.completed, 6U);
  }
  const auto verifier = find_workload("counter")->make_verifier({.whole = false});
  std::string asked;
  while (verifier->next_request(asked)) continue;
  for (const char* command : {"ECHO", "SELECT", "DEL", "EXISTS", "MGET", "DBSIZE"}) {
    EXPECT_EQ(asked.find(command), std::string::npos) << command;
  }
}

TEST(CounterVerifier, NoticesAServerThatLiesOnce) {
  const auto count = [] {
    const auto verifier = find_workload("counter")->make_verifier({});
    std::string requests;
    int lines = 0;
    while (verifier->next_request(requests)) ++lines;
    return lines;
  }();
  for (int lie = 0; lie < count; ++lie) {
    const auto service = make_service("counter");
    Conversation server(*service);
    const auto verifier = find_workload("counter")->make_verifier({});
    Heard heard;
    std::string request;
    for (int i = 0; verifier->next_request(request); ++i, request.clear()) {
      const std::string reply = server.say(request);
      add(heard, verifier->consume(i == lie ? "+lie\r\n" : reply));
    }
    EXPECT_EQ(heard.wrong, 1U) << lie;
    EXPECT_NE(verifier->complaint(), "");
  }
}

}  // namespace
}  // namespace bakeoff::workloads

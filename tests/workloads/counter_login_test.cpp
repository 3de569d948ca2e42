// The login of a load's connections, on the side of the client.
#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"
#include "workloads/refusal.h"

namespace bakeoff::workloads {
namespace {

const std::string kAuth = "*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n";
const std::string kSelect = "*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n";
const std::string kPing = "*1\r\n$4\r\nPING\r\n";
const Login kBoth{.password = "secret", .database = 2};

std::unique_ptr<ClientSession> asking(const std::string& request, const Login& login) {
  return find_workload("counter")->make_client({.request = request, .login = login});
}

std::string next(ClientSession& session) {
  std::string bytes;
  session.next_request(bytes);
  return bytes;
}

TEST(CounterLogin, StandsBeforeTheFirstRequestOfAConnectionAndIsNoneItself) {
  const auto session = asking("ping", kBoth);
  EXPECT_EQ(next(*session), kAuth + kSelect + kPing);
  EXPECT_EQ(next(*session), kPing);
  Consumed consumed = session->consume("+OK\r\n+OK\r\n");
  EXPECT_EQ(consumed.completed, 0U);
  EXPECT_EQ(consumed.refusal, "");
  consumed = session->consume("+PONG\r\n+PONG\r\n");
  EXPECT_EQ(consumed.completed, 2U);
  EXPECT_EQ(consumed.wrong + consumed.error_replies, 0U) << session->complaint();
}

TEST(CounterLogin, HasTheCommandsThatAreWanted) {
  EXPECT_EQ(next(*asking("ping", {})), kPing);
  EXPECT_EQ(next(*asking("ping", {.password = "secret"})), kAuth + kPing);
  EXPECT_EQ(next(*asking("ping", {.database = 2})), kSelect + kPing);
  EXPECT_EQ(next(*asking("ping", {.user = "ann"})), "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$0\r\n\r\n" + kPing);
  EXPECT_EQ(next(*asking("ping", {.user = "ann", .password = "secret"})),
            "*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$6\r\nsecret\r\n" + kPing);
}

TEST(CounterLogin, IsSaidAgainOnTheNextConnection) {
  const auto session = asking("ping", kBoth);
  next(*session);
  EXPECT_EQ(session->consume("+OK\r\n+OK\r\n+PONG\r\n").completed, 1U);
  session->connection_ended();
  EXPECT_EQ(next(*session), kAuth + kSelect + kPing);
  const Consumed consumed = session->consume("+OK\r\n+OK\r\n+PONG\r\n");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_EQ(consumed.error_replies, 0U);
}

TEST(CounterLogin, EveryLoadBeginsWithIt) {
  for (const char* request : {"incr/k", "get/k", "set/k", "kv/10,0.5,1"}) {
    const auto service = make_service("counter");
    Conversation server(*service);
    const auto session = asking(request, {.database = 0});
    const Heard heard = talk(*session, server, 100, 7);
    EXPECT_EQ(heard.completed, 100U) << request;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << request << session->complaint();
  }
}

TEST(CounterLogin, ItsRepliesMayArriveByteByByte) {
  for (const char* request : {"incr/k", "get/k", "ping"}) {
    const auto service = make_service("counter");
    Conversation server(*service);
    const auto session = asking(request, {.database = 0});
    std::string requests;
    for (int i = 0; i < 5; ++i) session->next_request(requests);
    Heard heard;
    for (const char byte : server.say(requests)) add(heard, session->consume({&byte, 1}));
    EXPECT_EQ(heard.completed, 5U) << request;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << request << session->complaint();
  }
}

TEST(CounterLogin, WhatComesBehindARefusedOneIsAnErrorOfThatNameWhateverItSays) {
  const auto session = asking("incr/k", kBoth);
  next(*session);
  next(*session);
  Consumed consumed = session->consume("-WRONGPASS invalid username-password pair\r\n-NOAUTH no\r\n-NOAUTH no\r\n");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_EQ(consumed.code.view(), "WRONGPASS");
  consumed = session->consume(":5\r\n");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_EQ(consumed.error_replies, 1U) << "of another user";
  EXPECT_EQ(consumed.code.view(), "WRONGPASS");
  EXPECT_EQ(session->complaint(), "expected +OK\\r\\n, got -WRONGPASS invalid username-password pair\\r\\n");
}

TEST(CounterLogin, NoComplaintHasThePassword) {
  const auto session = asking("ping", {.password = "secret"});
  next(*session);
  session->consume("-ERR unknown command 'AUTH', with args beginning with: 'secret' \r\n");
  EXPECT_EQ(session->complaint().find("secret"), std::string::npos) << session->complaint();
  EXPECT_NE(session->complaint().find("'***'"), std::string::npos) << session->complaint();
}

TEST(CounterLogin, TheVerifierWorksInTheDatabaseThatWasChosen) {
  const auto verifier =
      find_workload("counter")->make_verifier({.request = "incr/k", .login = {.password = "secret", .database = 2}});
  std::string all, request;
  for (; verifier->next_request(request); request.clear()) {
    if (all.empty()) {
      EXPECT_EQ(request.substr(0, kAuth.size() + kSelect.size()), kAuth + kSelect);
    }
    all += request;
  }
  EXPECT_EQ(all.find("SELECT\r\n$1\r\n0"), std::string::npos);
}

TEST(CounterErrors, AreCalledByTheirFirstWord) {
  for (const auto& [reply, code] : {std::pair{"-LOADING Redis is loading\r\n", "LOADING"},
                                    {"-OOM command not allowed\r\n", "OOM"},
                                    {"-NOSPACE\r\n", "NOSPACE"},
                                    {"-ERR max number of clients reached\r\n", "maxclients"},
                                    {"-AWORDTHATISTOOLONGTOKEEP x\r\n", "AWORDTHATISTOOL"},
                                    {"-\r\n", "unnamed"},
                                    {"- x\r\n", "unnamed"},
                                    {"-\xff\x01 x\r\n", "unnamed"}}) {
    const auto session = asking("ping", {});
    next(*session);
    const Consumed consumed = session->consume(reply);
    EXPECT_EQ(consumed.error_replies, 1U);
    EXPECT_EQ(consumed.code.view(), code);
  }
}

TEST(CounterErrors, ANumberWithALeadingZeroIsNoReplyHoweverItIsCut) {
  for (const std::string_view reply : {":04\r\n", ":00\r\n"}) {
    const auto whole = asking("incr/k", {}), cut = asking("incr/k", {});
    next(*whole);
    next(*cut);
    EXPECT_NE(whole->consume(reply).refusal, "") << reply;
    Consumed last;
    for (const char& byte : reply) last = cut->consume({&byte, 1});
    EXPECT_NE(last.refusal, "") << reply;
  }
}

TEST(CounterErrors, AServerThatHasNoRoomSaysSoUnasked) {
  for (const auto& [reply, code] : {std::pair{"-ERR max number of clients reached\r\n", "maxclients"},
                                    {"-DENIED Redis is running in protected mode\r\n", "DENIED"}}) {
    const auto session = asking("ping", {});
    const std::string_view all(reply);
    for (const char& one : all.substr(0, all.size() - 1)) {
      const Consumed part = session->consume({&one, 1});
      ASSERT_EQ(part.error_replies, 0U);
      ASSERT_EQ(part.refusal, "") << "it cannot be known before its end what it says";
    }
    const Consumed consumed = session->consume(all.substr(all.size() - 1));
    EXPECT_EQ(consumed.refusal, "");
    EXPECT_EQ(asking("ping", {})->consume(all).code, consumed.code) << "in one piece";
    EXPECT_EQ(consumed.completed, 0U);
    EXPECT_EQ(consumed.error_replies, 1U);
    EXPECT_EQ(consumed.code.view(), code);
  }
  EXPECT_EQ(asking("ping", {})->consume("-ERR something else\r\n").refusal, refusal::kUnasked);
  EXPECT_EQ(asking("ping", {})->consume("+OK\r\n").refusal, refusal::kUnasked);
}

TEST(CounterErrors, WhatCameUnaskedGoesWithItsConnection) {
  const auto session = asking("ping", {});
  EXPECT_EQ(session->consume("-ERR max numb").refusal, "");
  session->connection_ended();
  next(*session);
  const Consumed consumed = session->consume("+PONG\r\n");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_EQ(consumed.error_replies + consumed.wrong, 0U) << session->complaint();
}

TEST(ReplyCode, IsANumberOrAWord) {
  EXPECT_EQ(ReplyCode(503).view(), "503");
  EXPECT_EQ(ReplyCode(65535).view(), "65535");
  EXPECT_TRUE(ReplyCode(0).empty());
  EXPECT_EQ(ReplyCode("NOAUTH").view(), "NOAUTH");
  EXPECT_EQ(ReplyCode("404"), ReplyCode(404));
}

}  // namespace
}  // namespace bakeoff::workloads

// A server that is wrong on purpose: how often, when, and that nothing else changes.
#include "workloads/faulty.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Service> faulty(std::string_view workload, const Faults& faults) {
  return make_service(workload, StoreKind::unshared, 64, 4 * 1024 * 1024, faults);
}

struct Asked {
  std::string_view workload;
  std::string request;
};

/// Every kind of load whose replies have content.
const std::vector<Asked>& loads() {
  static const std::vector<Asked> all = {{"echo", ""},        {"http", "/id/{k}"},    {"http", "/"},
                                         {"http", "/wait/5"}, {"http", "/work/3"},    {"counter", "incr/counter"},
                                         {"counter", "ping"}, {"counter", "set/key"}, {"counter", "get/key"}};
  return all;
}

TEST(Faulty, EveryNthReplyIsWrongOnEveryWorkloadAndNoOther) {
  for (const auto& [workload, request] : loads()) {
    for (const std::uint64_t depth : {1, 7, 100}) {
      const auto service = faulty(workload, {.wrong_every = 10});
      Conversation server(*service);
      const auto client = find_workload(workload)->make_client({.request = request});
      const Heard heard = talk(*client, server, 1009, depth);
      EXPECT_EQ(heard.completed, 1009U) << workload << request;
      EXPECT_EQ(heard.wrong, 100U) << workload << request << depth;
      EXPECT_EQ(heard.error_replies, 0U);
      EXPECT_FALSE(heard.broken) << client->complaint();
    }
  }
}

TEST(Faulty, TheSameRepliesAreWrongHoweverTheRequestsAreCut) {
  std::mt19937 random(4711);
  for (const auto& [workload, request] : loads()) {
    const auto client = find_workload(workload)->make_client({.request = request});
    std::string pipeline;
    for (int i = 0; i < 200; ++i) client->next_request(pipeline);
    const auto one = faulty(workload, {.wrong_every = 7});
    const std::string expected = Conversation(*one).say(pipeline);
    for (int round = 0; round < 5; ++round) {
      const auto other = faulty(workload, {.wrong_every = 7});
      Conversation pieces(*other);
      EXPECT_EQ(pieces.say_in_pieces(pipeline, [&] { return random() % 150; }), expected) << workload << request;
    }
    EXPECT_EQ(client->consume(expected).wrong, 28U) << workload << request;
  }
}

TEST(Faulty, RepliesAreCountedOverAllConnections) {
  const auto service = faulty("counter", {.wrong_every = 3});
  std::uint64_t wrong = 0;
  std::vector<std::unique_ptr<Conversation>> servers;
  std::vector<std::unique_ptr<ClientSession>> clients;
  for (std::uint64_t i = 0; i < 4; ++i) {
    servers.push_back(std::make_unique<Conversation>(*service));
    clients.push_back(find_workload("counter")->make_client({.connection = i}));
  }
  for (int round = 0; round < 30; ++round) {
    for (std::size_t i = 0; i < 4; ++i) wrong += talk(*clients[i], *servers[i], 1).wrong;
  }
  EXPECT_EQ(wrong, 40U);
}

TEST(Faulty, ASpoiltNumberIsNeverAboveTheOneBefore) {
  // Whatever the digits: one, a zero behind the first, nineteen of them.
  for (const std::string start : {"0", "8", "98", "99", "999", "10099", "9223372036854775803"}) {
    const auto service = faulty("counter", {.wrong_every = 3});
    Conversation server(*service);
    server.say("SET counter " + start + "\r\n");
    const auto client = find_workload("counter")->make_client({});
    const Heard heard = talk(*client, server, 4);
    EXPECT_EQ(heard.wrong, 1U) << start;
    EXPECT_FALSE(heard.broken) << start;
    EXPECT_EQ(service->receipt().final_counter, std::stoll(start) + 4);
  }
}

TEST(Faulty, AReplyWithoutContentPassesItsTurnToTheNextOfItsConnection) {
  const auto service = faulty("counter", {.wrong_every = 3});
  Conversation server(*service);
  EXPECT_EQ(server.say("PING\r\nPING\r\nGET nothing\r\nGET\r\n"),
            "+PONG\r\n+PONG\r\n$-1\r\n-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(server.say("ECHO b\r\nECHO b\r\n"), "$1\r\nc\r\n$1\r\nc\r\n");  // The third's, and the sixth itself.

  const auto http = faulty("http", {.wrong_every = 2});
  Conversation browser(*http);
  const std::string head = " HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(browser.say("GET /id/6" + head), http_reply("200 OK", "6"));
  EXPECT_EQ(browser.say("HEAD /id/6" + head),
            http_reply("200 OK", "6").substr(0, http_reply("200 OK", "6").size() - 1));
  EXPECT_EQ(browser.say("GET /x" + head), http_reply("404 Not Found", "Not Found"));
  EXPECT_EQ(browser.say("GET /id/6" + head), http_reply("200 OK", "7"));
}

TEST(Faulty, TheFirstReplyOfAConnectionIsAlwaysRight) {
  const auto service = faulty("http", {.wrong_every = 1});
  Conversation server(*service);
  const auto client = find_workload("http")->make_client({});
  EXPECT_EQ(talk(*client, server, 1).wrong, 0U);
  EXPECT_EQ(talk(*client, server, 10).wrong, 10U);
}

TEST(Faulty, AnInterimReplyIsNotCounted) {
  const auto service = faulty("http", {.wrong_every = 2});
  Conversation server(*service);
  const std::string expecting = "GET /id/6 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab";
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(server.say(expecting), interim + http_reply("200 OK", "6"));
  EXPECT_EQ(server.say(expecting), interim + http_reply("200 OK", "7"));
}

TEST(Faulty, ExactlyOneReplyIsHeldBackAndThenAllIsRight) {
  for (const auto& [workload, request] : loads()) {
    const auto service = faulty(workload, {.stall_at_request = 5, .stall = 400ms});
    Conversation server(*service);
    const auto client = find_workload(workload)->make_client({.request = request});
    const Heard heard = talk(*client, server, 20, 20);
    EXPECT_EQ(heard.completed, 20U) << workload << request;
    EXPECT_EQ(heard.wrong, 0U) << workload << request;
    int stalls = 0;
    for (const Step& step : server.steps()) stalls += step.want == Step::Want::wait && step.pause == 400ms ? 1 : 0;
    EXPECT_EQ(stalls, 1) << workload << request;
  }
}

TEST(Faulty, TheReplyBeforeTheStallIsHandedOverAndTheOneHeldBackIsNot) {
  const auto service = faulty("counter", {.stall_at_request = 3, .stall = 1s});
  const auto session = service->connect();
  std::string replies;
  const std::string incr = "INCR counter\r\n";
  const Step step = session->feed(incr + incr + incr + incr, replies);
  EXPECT_EQ(replies, ":1\r\n:2\r\n");
  ASSERT_EQ(step.want, Step::Want::wait);
  EXPECT_EQ(step.pause, 1s);
  replies.clear();
  EXPECT_EQ(session->feed(incr, replies).want, Step::Want::wait);  // Nothing is answered while it lasts.
  EXPECT_EQ(replies, "");
  EXPECT_EQ(session->resume("", replies).want, Step::Want::input);
  EXPECT_EQ(replies, ":3\r\n:4\r\n:5\r\n");
}

TEST(Faulty, AStallOnTheLastReplyIsFollowedByTheClose) {
  const auto service = faulty("counter", {.stall_at_request = 2, .stall = 1s});
  Conversation server(*service);
  EXPECT_EQ(server.say("PING\r\nQUIT\r\nPING\r\n"), "+PONG\r\n+OK\r\n");
  EXPECT_TRUE(server.closed());
  EXPECT_EQ(server.steps().size(), 1U);
}

TEST(Faulty, OtherConnectionsAreNotStalled) {
  const auto service = faulty("echo", {.stall_at_request = 1, .stall = 1s});
  const auto stalled = service->connect();
  const std::string message(64, 'm');
  std::string replies;
  EXPECT_EQ(stalled->feed(message, replies).want, Step::Want::wait);
  Conversation other(*service);
  EXPECT_EQ(other.say(message), message);
  EXPECT_TRUE(other.steps().empty());
}

TEST(Faulty, TheReceiptSaysWhatWasSent) {
  for (const auto& [workload, request] : loads()) {
    const auto service = faulty(workload, {.stall_at_request = 4, .stall = 1s, .wrong_every = 5});
    const auto client = find_workload(workload)->make_client({.request = request});
    std::string pipeline;
    for (int i = 0; i < 50; ++i) client->next_request(pipeline);
    std::size_t sent = 0;
    {
      Conversation server(*service);
      sent = server.say(pipeline).size();
    }
    const ServiceReceipt receipt = service->receipt();
    EXPECT_EQ(receipt.requests, 50U) << workload << request;
    EXPECT_EQ(receipt.bytes_received, pipeline.size());
    EXPECT_EQ(receipt.bytes_sent, sent);
    EXPECT_EQ(receipt.final_counter.value_or(0), request == "incr/counter" ? 50 : 0);
  }
}

TEST(Faulty, ALongPipelineIsStillHandedOverInBoundedPieces) {
  const auto service = faulty("echo", {.wrong_every = 1000});
  Conversation server(*service);
  EXPECT_EQ(server.say(std::string(64 * 5000, 'x')).size(), 64U * 5000);
  EXPECT_LE(server.longest_handover(), kReplyCap + 64);
}

std::string get_work(std::uint64_t rounds) {
  return "GET /work/" + std::to_string(rounds) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST(Faulty, ExtraWorkIsItsShareOfTheRoundsBeforeTheWorkItself) {
  for (const auto& [share, extra] : {std::pair{0.0, 0U}, {0.05, 50U}, {1.0, 1000U}, {0.0004, 0U}, {0.0006, 1U}}) {
    const auto service = faulty("http", {.extra_work = share});
    Conversation server(*service);
    server.say(get_work(1000) + get_work(1000));
    ASSERT_EQ(server.steps().size(), 4U) << share;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(server.steps()[i].want, Step::Want::compute);
      EXPECT_EQ(server.steps()[i].work.rounds, i % 2 == 0 ? extra : 1000U) << share;
    }
  }
}

TEST(Faulty, ExtraWorkChangesNoAnswer) {
  for (const auto& [workload, request] : loads()) {
    const auto client = find_workload(workload)->make_client({.request = request});
    std::string pipeline;
    for (int i = 0; i < 100; ++i) client->next_request(pipeline);
    const auto plain = faulty(workload, {});
    const std::string expected = Conversation(*plain).say(pipeline);
    for (const double share : {0.0, 0.05}) {
      const auto service = faulty(workload, {.extra_work = share});
      EXPECT_EQ(Conversation(*service).say_byte_by_byte(pipeline), expected) << workload << request;
      EXPECT_EQ(service->receipt().requests, 100U) << workload << request;
      EXPECT_EQ(service->receipt().bytes_sent, expected.size()) << workload << request;
    }
  }
}

TEST(Faulty, ExtraWorkIsNothingWithoutWork) {
  const auto service = faulty("http", {.extra_work = 0.05});
  Conversation server(*service);
  server.say("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /wait/5 HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(server.steps().size(), 1U);
  EXPECT_EQ(server.steps()[0].want, Step::Want::wait);
}

TEST(Faulty, ExtraWorkThatIsAnsweredOtherwiseThanBeforeSpoilsTheReply) {
  const auto service = faulty("http", {.extra_work = 1.0});
  const auto session = service->connect();
  std::string replies;
  const auto ask = [&](std::string_view extra) {
    replies.clear();
    EXPECT_EQ(session->feed(get_work(5), replies).want, Step::Want::compute);
    EXPECT_EQ(session->resume(extra, replies).want, Step::Want::compute);
    EXPECT_EQ(session->resume("right", replies).want, Step::Want::input);
    return replies.substr(replies.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(ask("7"), "right");
  EXPECT_EQ(ask("7"), "right");
  EXPECT_EQ(ask("8"), "righu");
  EXPECT_EQ(ask("7"), "right");
}

TEST(Faulty, ExtraWorkGoesWithAStallAndWithWrongAnswers) {
  const auto service = faulty("http", {.stall_at_request = 2, .stall = 400ms, .wrong_every = 3, .extra_work = 0.5});
  Conversation server(*service);
  const auto client = find_workload("http")->make_client({.request = "/work/30"});
  const Heard heard = talk(*client, server, 9, 9);
  EXPECT_EQ(heard.completed, 9U);
  EXPECT_EQ(heard.wrong, 3U);
  EXPECT_EQ(server.steps().size(), 19U);
}

TEST(Faulty, AVerifierNoticesToo) {
  for (const WorkloadEntry& entry : workload_entries()) {
    const auto service = faulty(entry.name, {.wrong_every = 3});
    Conversation server(*service);
    const auto verifier = entry.make_verifier({});
    EXPECT_GT(talk(*verifier, server, 1000).wrong, 0U) << entry.name;
    EXPECT_NE(verifier->complaint(), "");
  }
}

}  // namespace
}  // namespace bakeoff::workloads

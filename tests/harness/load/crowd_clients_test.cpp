// What is beside the generator threads of a load: the check before it and its crowd, against small servers in this
// process.
#include "harness/load/crowd_clients.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <thread>

#include "harness/load/verify.h"
#include "tests/harness/fixtures/agent_plan.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::load {
namespace {

TEST(Verify, TellsAWrongAnswerFromNone) {
  const std::atomic<bool> stop{false};
  journal::ClientReceipt receipt;
  const auto verified = [&](std::uint16_t port) {
    return verify_server(test::plan_for("echo", port), resolve("127.0.0.1", port), stop, receipt);
  };
  {
    test::TinyServer right("echo");
    EXPECT_EQ(verified(right.port()).complaint, "");
    EXPECT_FALSE(verified(right.port()).wrong_answer);
  }
  {
    test::TinyServer wrong("echo", [](std::string& replies) {
      if (!replies.empty()) replies[0] = static_cast<char>(replies[0] ^ 1);
      return true;
    });
    EXPECT_THAT(verified(wrong.port()).complaint, testing::StartsWith("verify: "));
    EXPECT_TRUE(verified(wrong.port()).wrong_answer);
  }
  test::TinyServer closes("echo", [](std::string&) { return false; });
  EXPECT_THAT(verified(closes.port()).complaint, testing::StartsWith("verify: "));
  EXPECT_FALSE(verified(closes.port()).wrong_answer);
}

TEST(Verify, AsksAServerThatServesNoMoreForTheRequestAlone) {
  const auto requests = [](bool whole) {
    test::TinyServer server("http");
    AgentPlan plan = test::plan_for("http", server.port());
    plan.load.request = "/";
    plan.verify_whole = whole;
    const std::atomic<bool> stop{false};
    journal::ClientReceipt receipt;
    EXPECT_EQ(verify_server(plan, resolve("127.0.0.1", server.port()), stop, receipt).complaint, "");
    return receipt.requests;
  };
  EXPECT_EQ(requests(true), requests(false) + 4) << "/id/ of four numbers";
}

TEST(CrowdClients, SlowSendersAreAnsweredIdleOnesAreHeldAndSlowReadersAreNeverRead) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.idle = 5;
  plan.load.slow_senders = 2;
  plan.load.slow_readers = 1;
  plan.slow_pause_s = 0.0002;
  std::atomic<bool> stop{false}, over{false};
  CrowdClients companions(plan, resolve("127.0.0.1", server.port()), stop);
  companions.connect_all();
  EXPECT_EQ(companions.connected(), 8U);
  std::thread ender([&] {
    ::poll(nullptr, 0, 300);
    over = true;
  });
  companions.run_until(over);
  ender.join();
  const journal::CrowdFacts crowd = *companions.result().row.crowd;
  EXPECT_EQ(crowd.idle, 5U);
  EXPECT_EQ(crowd.slow_senders, 2U);
  EXPECT_EQ(crowd.slow_readers, 1U);
  EXPECT_EQ(crowd.lost, 0U);
  EXPECT_GT(crowd.replies, 0U);
  EXPECT_GT(companions.result().receipt.requests, crowd.replies) << "the slow reader asked without reading";
}

TEST(CrowdClients, IdleOnesThatAskAreServedOnceEachAndThenSayNothing) {
  for (const std::string workload : {"echo", "http", "counter"}) {
    std::atomic<std::uint64_t> replies_made{0};
    test::TinyServer server(workload, [&](std::string& replies) {
      replies_made += replies.empty() ? 0 : 1;
      return true;
    });
    AgentPlan plan = test::plan_for(workload, server.port());
    plan.load.idle = 5;
    plan.load.idle_asks = true;
    std::atomic<bool> stop{false}, over{true};
    CrowdClients companions(plan, resolve("127.0.0.1", server.port()), stop);
    companions.connect_all();
    companions.run_until(over);
    const AgentResult result = companions.result();
    EXPECT_EQ(result.row.crowd->idle, 5U) << workload;
    EXPECT_EQ(result.row.crowd->lost, 0U);
    EXPECT_EQ(result.row.crowd->replies, 5U);
    EXPECT_EQ(result.receipt.requests, 5U);
    EXPECT_EQ(result.receipt.acknowledged, 5U);
    EXPECT_EQ(result.row.wrong_answers, 0U) << result.complaint;
    EXPECT_EQ(replies_made, 5U) << workload << ": each of them once";
    EXPECT_EQ(server.connections(), 5U);
  }
}

TEST(CrowdClients, IdleOnesThatDoNotAskSayNothing) {
  std::atomic<bool> heard{false};
  test::TinyServer server("echo", [&](std::string&) {
    heard = true;
    return true;
  });
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.load.idle = 5;
  std::atomic<bool> stop{false}, over{true};
  CrowdClients companions(plan, resolve("127.0.0.1", server.port()), stop);
  companions.connect_all();
  companions.run_until(over);
  EXPECT_EQ(companions.result().row.crowd->idle, 5U);
  EXPECT_EQ(companions.result().receipt.requests, 0U);
  EXPECT_FALSE(heard);
}

TEST(CrowdClients, AnIdleOneThatIsClosedInsteadOfServedIsNotThereWhenTheLoadBegins) {
  test::TinyServer server("echo", [](std::string&) { return false; });
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.load.idle = 3;
  plan.load.idle_asks = true;
  std::atomic<bool> stop{false}, over{true};
  CrowdClients companions(plan, resolve("127.0.0.1", server.port()), stop);
  companions.connect_all();
  companions.run_until(over);
  EXPECT_EQ(companions.result().row.crowd->idle, 0U);
  EXPECT_EQ(companions.result().receipt.acknowledged, 0U);
}

TEST(CrowdClients, AWrongAnswerToAnIdleOneIsCounted) {
  test::TinyServer server("echo", [](std::string& replies) {
    if (!replies.empty()) replies[0] = static_cast<char>(replies[0] ^ 1);
    return true;
  });
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.load.idle = 3;
  plan.load.idle_asks = true;
  std::atomic<bool> stop{false};
  CrowdClients companions(plan, resolve("127.0.0.1", server.port()), stop);
  companions.connect_all();
  EXPECT_EQ(companions.result().row.wrong_answers, 3U);
  EXPECT_NE(companions.result().complaint, "");
}

TEST(CrowdClients, ThatCannotConnectAreCountedAndNotOpen) {
  // Bound and not listening: its port is nobody else's meanwhile.
  const int taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size), 0);
  AgentPlan plan = test::plan_for("http", ntohs(address.sin_port));
  plan.load.idle = 5;
  std::atomic<bool> stop{false}, over{true};
  CrowdClients companions(plan, resolve("127.0.0.1", ntohs(address.sin_port)), stop);
  companions.connect_all();
  companions.run_until(over);
  EXPECT_EQ(companions.result().row.crowd->idle, 0U);
  EXPECT_EQ(test::errors_in(companions.result(), "connect"), 5U);
  ::close(taken);
}

}  // namespace
}  // namespace bakeoff::load

// The load against small servers in this process, each of which does one thing wrong, or nothing.
#include "harness/load/generator_thread.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <thread>

#include "harness/measure/monotonic.h"
#include "tests/harness/fixtures/agent_plan.h"
#include "tests/harness/fixtures/one_thread.h"
#include "tests/harness/fixtures/short_server.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::load {
namespace {

using test::OneThread;
using test::run_one_thread;
using testing::HasSubstr;

class EveryWorkload : public testing::TestWithParam<std::string> {};

TEST_P(EveryWorkload, IsAskedAndAnsweredAndBothSidesCountTheSame) {
  test::TinyServer server(GetParam());
  AgentPlan plan = test::plan_for(GetParam(), server.port());
  plan.load.pipeline = 3;
  plan.verify = true;
  const AgentResult result = run_one_thread(plan);
  EXPECT_EQ(result.row.connections_open, 4U);
  EXPECT_EQ(result.row.connections_served, 4U);
  EXPECT_GT(result.row.replies_ok, 0U);
  EXPECT_EQ(result.row.wrong_answers, 0U) << result.complaint;
  EXPECT_TRUE(result.row.errors.empty());
  EXPECT_EQ(result.row.unfinished, 0U);
  EXPECT_EQ(result.receipt.requests, result.receipt.acknowledged);
  // Every request of the window is in the histogram, those answered in the drain included.
  EXPECT_EQ(result.latency.at("total").count(), result.row.requests);
  EXPECT_LE(result.row.replies_ok, result.row.requests);
  EXPECT_GE(result.row.replies_ok + 4 * plan.load.pipeline, result.row.requests);
}

INSTANTIATE_TEST_SUITE_P(Load, EveryWorkload, testing::Values("echo", "http", "counter"));

TEST(GeneratorThread, RequestsInFlightOverTheWindowAgreeWithLittlesLaw) {
  test::TinyServer server("echo");
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.load.pipeline = 8;
  plan.window_s = 0.3;
  const AgentResult result = run_one_thread(plan);
  const stats::LatencySummary& latency = result.row.latency_us.at("total");
  const double by_law = static_cast<double>(latency.count) / result.row.window_s * latency.mean / 1e6;
  EXPECT_NEAR(*result.row.mean_outstanding, by_law, 0.1 * by_law);
}

TEST(GeneratorThread, UsersWhoThinkAskOnceInEachTurnOfTheirTime) {
  test::TinyServer server("echo");
  for (const bool churn : {false, true}) {
    AgentPlan plan = test::plan_for("echo", server.port());
    plan.load.think_us = "fixed:50000";
    plan.load.churn = churn;
    plan.warmup_s = 0.12;
    plan.window_s = 0.4;
    const AgentResult result = run_one_thread(plan);
    EXPECT_TRUE(result.row.errors.empty());
    EXPECT_EQ(result.latency.at("total").count(), result.row.requests);
    EXPECT_GE(result.row.requests, 4U);
    EXPECT_LE(result.row.requests, 4U * 9U);
  }
}

TEST(GeneratorThread, AWrongAnswerIsCountedExactlyOnceForEachReplyThatIsWrong) {
  std::atomic<std::uint64_t> spoilt{0}, seen{0};
  test::TinyServer server("echo", [&](std::string& replies) {
    if (replies.size() == 64 && ++seen % 100 == 0) {
      replies[40] = static_cast<char>(replies[40] ^ 1);
      ++spoilt;
    }
    return true;
  });
  const AgentResult result = run_one_thread(test::plan_for("echo", server.port()));
  EXPECT_GT(spoilt, 0U);
  EXPECT_EQ(result.row.wrong_answers, spoilt);
  EXPECT_FALSE(result.complaint.empty());
}

TEST(GeneratorThread, AServerThatNeverAnswersLeavesItsRequestsInTheHistogramWithTheirAge) {
  std::atomic<bool> silent{false};
  test::TinyServer server("echo", [&](std::string& replies) {
    if (silent) replies.clear();
    return true;
  });
  silent = true;
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.warmup_s = 0;
  plan.timeout_s = 0.15;
  const AgentResult result = run_one_thread(plan);
  EXPECT_EQ(result.row.replies_ok, 0U);
  EXPECT_EQ(result.row.unfinished, 4U);
  EXPECT_EQ(test::errors_in(result, "timeout"), 4U);
  EXPECT_EQ(result.row.connections_served, 0U);
  EXPECT_EQ(result.latency.at("total").count(), 4U);
  EXPECT_GE(result.latency.at("total").max_ns(), 150'000'000U);
}

TEST(GeneratorThread, ConnectionsThatTheServerDropsAreCountedAndMadeAnew) {
  std::atomic<int> replies_left{200};
  test::TinyServer server("echo", [&](std::string&) { return replies_left.fetch_sub(1) > 0 || replies_left < -4; });
  const AgentResult result = run_one_thread(test::plan_for("echo", server.port()));
  EXPECT_GT(test::errors_in(result, "closed") + test::errors_in(result, "read") + test::errors_in(result, "write"), 0U);
  EXPECT_GT(result.row.replies_ok, 0U);
}

TEST(GeneratorThread, AServerThatSpeaksAnotherProtocolIsAParseErrorNotACrash) {
  test::TinyServer server("echo");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.timeout_s = 0.1;
  const AgentResult result = run_one_thread(plan);
  EXPECT_EQ(result.row.replies_ok, 0U);
}

TEST(GeneratorThread, NobodyListeningIsAConnectErrorInWords) {
  std::uint16_t port = 0;
  { port = test::TinyServer("echo").port(); }
  OneThread load(test::plan_for("echo", port));
  EXPECT_EQ(load.thread().connected(), 0U);
  const std::string refused = "connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused";
  EXPECT_EQ(load.thread().connect_error(), refused);
  journal::ClientReceipt receipt;
  EXPECT_EQ(verify_server(test::plan_for("echo", port), resolve("127.0.0.1", port), load.stop, receipt).complaint,
            "verify: " + refused);
}

TEST(GeneratorThread, StopEndsTheWindowEarlyAndTheResultCoversWhatThereWas) {
  test::TinyServer server("echo");
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.warmup_s = 0;
  plan.window_s = 3600;
  OneThread load(plan);
  std::thread stopper([&] {
    ::poll(nullptr, 0, 100);
    load.stop = true;
  });
  const AgentResult result = load.run();
  stopper.join();
  EXPECT_LT(result.row.window_s, 60);
  EXPECT_GT(result.row.window_s, 0.05);
  EXPECT_GT(result.row.throughput_rps, 0);
}

TEST(GeneratorThread, ANumberOfRequestsEndsTheWindowExactlyThere) {
  test::TinyServer server("http");
  for (const double rate : {0.0, 5000.0}) {
    for (const std::uint64_t requests : {1, 3, 1000}) {
      AgentPlan plan = test::plan_for("http", server.port());
      plan.load.rate_rps = rate;
      plan.load.pipeline = 8;
      plan.warmup_s = 0;
      plan.window_s = 3600;
      plan.requests = requests;
      const AgentResult result = run_one_thread(plan);
      EXPECT_EQ(result.row.requests, requests);
      EXPECT_EQ(result.row.replies_ok, requests) << "at a rate of " << rate;
      EXPECT_LT(result.row.window_s, 60);
    }
  }
}

TEST(GeneratorThread, TheClockEndsAWindowWhoseRequestsTakeTooLong) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.request = "/wait/50000";
  plan.requests = 1'000'000;
  const AgentResult result = run_one_thread(plan);
  EXPECT_NEAR(result.row.window_s, plan.window_s, 0.001);
  EXPECT_LT(result.row.requests, 100U);
}

TEST(GeneratorThread, AConnectionIsMadeAnewBehindItsNumberOfRequests) {
  for (const double rate : {0.0, 5000.0}) {
    test::ShortServer server("http", {.answers = 1'000'000});
    AgentPlan plan = test::plan_for("http", server.port());
    plan.load.connections = 2;
    plan.load.pipeline = 4;
    plan.load.rate_rps = rate;
    plan.load.requests_per_connection = 10;
    plan.warmup_s = 0;
    plan.window_s = 60;
    plan.requests = 200;
    const AgentResult result = run_one_thread(plan);
    EXPECT_EQ(result.row.replies_ok, 200U) << "at a rate of " << rate;
    EXPECT_TRUE(result.row.errors.empty()) << result.row.errors[0].phase << " " << result.row.errors[0].code;
    EXPECT_GE(server.connections(), 20U) << "200 requests, ten on each";
    EXPECT_LE(server.connections(), 24U);
  }
}

TEST(GeneratorThread, AnOpenLoadOffersEveryRequestOfItsScheduleAndSplitsItsLatency) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.rate_rps = 2000;
  plan.window_s = 0.2;
  const AgentResult result = run_one_thread(plan);
  EXPECT_DOUBLE_EQ(*result.row.offered_rps, 2000);
  EXPECT_EQ(result.row.requests, 400U);
  EXPECT_EQ(result.receipt.requests, result.receipt.acknowledged);
  const auto& us = result.row.latency_us;
  for (const char* name : {"total", "slip", "wait", "service"}) EXPECT_EQ(us.at(name).count, 400U) << name;
  EXPECT_NEAR(us.at("slip").mean + us.at("wait").mean + us.at("service").mean, us.at("total").mean, 0.001);
  EXPECT_EQ(result.row.connections_served, 4U) << "requests go to the connection that was free for longest";
}

TEST(GeneratorThread, AnOpenLoadOnAConnectionThatIsBusyWaitsForItAndSaysSo) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.request = "/wait/10000";
  plan.load.connections = 1;
  plan.load.rate_rps = 500;
  plan.warmup_s = 0;
  plan.window_s = 0.1;
  const AgentResult result = run_one_thread(plan);
  const auto& us = result.row.latency_us;
  EXPECT_EQ(us.at("total").count, 50U) << "the backlog is served after the window, and counts";
  EXPECT_LT(result.row.replies_ok, 15U);
  EXPECT_GT(us.at("wait").max, 300'000);
  EXPECT_GE(us.at("service").p50, 10'000);
}

TEST(GeneratorThread, ABacklogAboveItsCapShedsTheOldestAndNeverEatsTheClient) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.request = "/wait/50000";
  plan.load.connections = 1;
  plan.load.rate_rps = 10'000;
  plan.warmup_s = 0;
  plan.window_s = 0.1;
  plan.backlog_cap = 2;
  const AgentResult result = run_one_thread(plan);
  EXPECT_GT(test::errors_in(result, "shed"), 900U);
  EXPECT_EQ(result.latency.at("total").count(), 1000U) << "what was shed is in the latencies";
  EXPECT_EQ(result.row.requests + test::errors_in(result, "shed"), 1000U);
}

TEST(GeneratorThread, ARequestThatFindsNoConnectionWithinTheTimeoutIsLateAndIsCounted) {
  test::TinyServer server("http");
  AgentPlan plan = test::plan_for("http", server.port());
  plan.load.request = "/wait/300000";
  plan.load.connections = 1;
  plan.load.rate_rps = 100;
  plan.warmup_s = 0;
  plan.timeout_s = 0.4;
  const AgentResult result = run_one_thread(plan);
  EXPECT_GT(test::errors_in(result, "late"), 0U);
  EXPECT_EQ(result.latency.at("total").count(), 10U);
}

TEST(GeneratorThread, ChurnMakesAConnectionForEachRequestAndMeasuresTheConnecting) {
  for (const double rate : {0.0, 500.0}) {
    test::TinyServer server("http");
    AgentPlan plan = test::plan_for("http", server.port());
    plan.load.churn = true;
    plan.load.rate_rps = rate;
    const AgentResult result = run_one_thread(plan);
    EXPECT_GT(result.row.replies_ok, 10U);
    EXPECT_TRUE(result.row.errors.empty());
    EXPECT_EQ(result.receipt.requests, result.receipt.acknowledged);
    EXPECT_EQ(result.row.latency_us.at("connect").count, result.row.latency_us.at("total").count);
    EXPECT_GE(server.connections(), result.receipt.requests);
  }
}

TEST(GeneratorThread, AConnectionThatTheServerClosesWhileItOwesNothingIsMadeAnewWithoutAnError) {
  test::TinyServer server("echo");
  AgentPlan plan = test::plan_for("echo", server.port());
  plan.load.rate_rps = 50;
  plan.load.connections = 2;
  plan.warmup_s = 0;
  plan.window_s = 0.4;
  OneThread load(plan);
  std::thread closer([&] {
    ::poll(nullptr, 0, 110);
    server.close_all();
  });
  const AgentResult result = load.run();
  closer.join();
  EXPECT_EQ(result.row.replies_ok + result.row.unfinished + test::errors_in(result, "late"), 20U);
  EXPECT_GT(server.connections(), 2U);
  ASSERT_EQ(result.row.events.size(), 1U);
  EXPECT_THAT(result.row.events[0], HasSubstr("closed a connection that owed nothing"));
}

TEST(AgentPlan, PlanAndResultSurviveTheirJourneyAsJson) {
  AgentPlan plan = test::plan_for("counter", 1234);
  plan.load.connections = 0;  // An agent that has a part of the idle ones alone.
  plan.load.idle_asks = true;
  plan.verify_whole = false;
  plan.load.request = "incr/\"quoted\"";
  plan.seed = ~std::uint64_t{0};
  plan.login = {.user = "ann", .password = "se\"cret", .database = 0};
  const AgentPlan back = agent_plan_from_json(to_json(plan));
  EXPECT_EQ(to_json(back), to_json(plan));
  EXPECT_EQ(back.load.connections, 0U);
  EXPECT_EQ(back.load.pipeline, plan.load.pipeline);
  EXPECT_TRUE(back.load.idle_asks);
  EXPECT_FALSE(back.verify_whole);
  EXPECT_EQ(back.login.user, "ann");
  EXPECT_EQ(back.login.password, "se\"cret");
  EXPECT_EQ(back.login.database, 0U);
  EXPECT_EQ(agent_plan_from_json(to_json(test::plan_for("counter", 1))).login.database, std::nullopt);

  AgentResult result;
  result.row.replies_ok = 7;
  result.row.errors = {{"read", "ECONNRESET", 3}};
  result.receipt.requests = 8;
  result.complaint = "expected a, got \xff";
  for (std::uint64_t ns : {1ULL, 1000ULL, 123456789ULL}) result.latency["total"].record(ns);
  const AgentResult again = agent_result_from_json(to_json(result));
  EXPECT_EQ(again.row.replies_ok, 7U);
  EXPECT_EQ(again.row.errors.at(0).code, "ECONNRESET");
  EXPECT_EQ(again.receipt.requests, 8U);
  EXPECT_EQ(again.latency.at("total").buckets(), result.latency.at("total").buckets());
  EXPECT_EQ(again.latency.at("total").max_ns(), 123456789U);
  EXPECT_THROW(agent_result_from_json("nonsense"), std::runtime_error);
  EXPECT_THROW(agent_plan_from_json("{}"), std::runtime_error);
}

TEST(AgentPlan, ThatCannotBeReadIsNotShownBecauseOfItsPassword) {
  try {
    agent_plan_from_json(R"({"workload":"counter","password":"secret","port":"none"})");
    ADD_FAILURE() << "a port that is no number";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("plan: "), testing::Not(HasSubstr("secret"))));
  }
}

}  // namespace
}  // namespace bakeoff::load

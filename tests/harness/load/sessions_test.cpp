// How many requests sessions have, and what a generator thread makes of them.
#include "harness/load/sessions.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

#include "tests/harness/fixtures/agent_plan.h"
#include "tests/harness/fixtures/one_thread.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::load {
namespace {

TEST(SessionLength, OfAFixedNumberIsThatNumber) {
  const SessionLength length("fixed:7");
  EXPECT_EQ(length.mean(), 7);
  for (std::uint64_t session = 0; session < 100; ++session) EXPECT_EQ(length.requests(1, session), 7U);
}

TEST(SessionLength, ThatIsGeometricEndsWithTheSameProbabilityBehindEachRequest) {
  const SessionLength length("geometric:4");
  constexpr std::uint64_t kSessions = 100'000;
  std::vector<std::uint64_t> longer(13);  // Sessions of more than k requests.
  double requests = 0;
  for (std::uint64_t session = 0; session < kSessions; ++session) {
    const std::uint64_t drawn = length.requests(5, session);
    ASSERT_GE(drawn, 1U);
    ASSERT_EQ(drawn, length.requests(5, session)) << "the same seed";
    requests += static_cast<double>(drawn);
    for (std::uint64_t k = 0; k < longer.size() && k < drawn; ++k) ++longer[k];
  }
  EXPECT_EQ(length.mean(), 4);
  EXPECT_NEAR(requests / kSessions, 4, 5 * std::sqrt(12. / kSessions));
  for (std::size_t k = 0; k < longer.size(); ++k) {
    const double share = std::pow(0.75, k);
    EXPECT_NEAR(static_cast<double>(longer[k]) / kSessions, share, 5 * std::sqrt(share * (1 - share) / kSessions)) << k;
  }
}

TEST(SessionLength, OfOneOnAverageIsAlwaysOne) {
  for (std::uint64_t session = 0; session < 100; ++session) {
    EXPECT_EQ(SessionLength("geometric:1").requests(1, session), 1U);
  }
}

TEST(SessionLength, ThatCannotBeIsRefusedInOneLine) {
  for (const char* text : {"", "3", "fixed", "fixed:", "fixed:0", "fixed:1.5", "fixed:-1", "fixed:100001",
                           "geometric:0.5", "geometric:nan", "geometric:1e3", "exponential:3", "fixed:3 "}) {
    try {
      SessionLength{text};
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(std::string(error.what()),
                "the requests of a session are fixed:N or geometric:MEAN, from 1 to 100000: found \"" +
                    std::string(text) + "\"");
    }
  }
}

/// A hundred sessions in half a second.
AgentPlan plan_of_sessions(std::uint16_t port, const std::string& requests) {
  AgentPlan plan = test::plan_for("echo", port);
  plan.warmup_s = 0;
  plan.window_s = 0.5;
  plan.load.connections = 100;
  plan.load.session_requests = requests;
  plan.load.rate_rps = 200 * SessionLength(requests).mean();
  return plan;
}

TEST(SessionLoad, HasAConnectionForEachSessionAndTheRequestsOfItsLengthOnIt) {
  test::TinyServer server("echo");
  const AgentPlan plan = plan_of_sessions(server.port(), "fixed:3");
  const AgentResult result = test::run_one_thread(plan);
  EXPECT_TRUE(result.row.errors.empty());
  EXPECT_EQ(result.row.unfinished, 0U);
  // One connection shows before the load that the server is there. A session that came last may not have had its turn.
  const std::uint64_t sessions = server.connections() - 1;
  EXPECT_EQ(sessions, 100U);
  EXPECT_GT(result.row.requests, 2 * sessions);
  EXPECT_LE(result.row.requests, 3 * sessions);
  EXPECT_EQ(result.due, result.row.requests);
  EXPECT_EQ(result.latency.at("total").count(), result.row.requests);
  EXPECT_EQ(result.latency.at("connect").count(), sessions);
  EXPECT_GT(*result.row.mean_sessions, 0);
}

TEST(SessionLoad, OfUsersWhoThinkKeepsThemForTheirThoughts) {
  test::TinyServer server("echo");
  AgentPlan plan = plan_of_sessions(server.port(), "fixed:3");
  plan.load.think_us = "fixed:50000";
  plan.warmup_s = 0.2;  // Twice as long as a session, so that the window begins with as many as it ends with.
  const AgentResult result = test::run_one_thread(plan);
  EXPECT_TRUE(result.row.errors.empty());
  // Little's law: 200 come in a second and stay for 0.1 s. On a busy machine replies are late, and they stay longer.
  EXPECT_GT(*result.row.mean_sessions, 0.7 * 20);
  EXPECT_GE(result.row.requests, 200U);
  EXPECT_LE(result.row.requests, 3U * (100U + 40U)) << "and those who came in the warm-up";
}

TEST(SessionLoad, OfMoreUsersThanThereMayBeLetsThemWait) {
  test::TinyServer server("echo");
  AgentPlan plan = plan_of_sessions(server.port(), "fixed:2");
  plan.load.think_us = "fixed:100000";
  plan.load.connections = 2;
  plan.timeout_s = 0.3;
  const AgentResult result = test::run_one_thread(plan);
  // Two places for 0.1 s each: ten sessions of two requests, and the two that are not over. Those that waited for
  // longer than the timeout gave up. The last ones had the places of those who were there when it ended.
  EXPECT_LE(result.row.replies_ok, 24U);
  EXPECT_LE(*result.row.mean_sessions, 2);
  EXPECT_GT(test::errors_in(result, "late"), 20U);
  EXPECT_GT(result.latency.at("wait").summary_us().p50, 50'000);
}

TEST(SessionLoad, WhoHasNoPlaceWhenTheWindowEndsGetsTheOneOfAUserWhoWouldAskNoMore) {
  test::TinyServer server("echo");
  for (const char* think : {"", "fixed:1000000"}) {
    AgentPlan plan = plan_of_sessions(server.port(), "fixed:100000");
    plan.load.think_us = think;
    plan.load.connections = 2;
    const AgentResult result = test::run_one_thread(plan);
    EXPECT_TRUE(result.row.errors.empty()) << result.row.errors.front().phase;
    EXPECT_EQ(result.row.unfinished, 0U);
    EXPECT_EQ(result.latency.at("connect").count(), 100U);
    EXPECT_EQ(result.latency.at("total").count(), result.due);
  }
}

TEST(SessionLoad, GoesOnWithAnotherConnectionWhereTheServerClosesBetweenRequests) {
  test::TinyServer server("echo");
  AgentPlan plan = plan_of_sessions(server.port(), "fixed:2");
  plan.load.think_us = "fixed:200000";
  std::thread closer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    server.close_all();
  });
  const AgentResult result = test::run_one_thread(plan);
  closer.join();
  // On a busy machine some have a request on its way just then.
  EXPECT_LT(test::errors_in(result, "closed") + test::errors_in(result, "read"), 10U);
  EXPECT_GT(server.connections() - 1, 105U);
  EXPECT_GT(result.row.requests, 130U);
}

TEST(SessionLoad, EndsASessionWithTheFailureOfItsConnection) {
  std::atomic<std::uint64_t> answers{0};
  test::TinyServer server("echo", [&](std::string&) { return ++answers % 10 != 0; });
  const AgentResult result = test::run_one_thread(plan_of_sessions(server.port(), "fixed:1000"));
  // No session gets beyond the tenth request; places are free again, and others come.
  EXPECT_GT(test::errors_in(result, "closed"), 50U);
  EXPECT_GE(server.connections() - 1, 100U);
  EXPECT_EQ(result.row.unfinished, test::errors_in(result, "closed"));
}

TEST(SessionLoad, SaysTheSameInASessionHoweverManyThreadsThereAre) {
  const auto messages = [](std::uint64_t threads) {
    std::mutex mutex;
    std::multiset<std::string> seen;
    test::TinyServer server("echo", [&](std::string& replies) {
      const std::lock_guard lock(mutex);
      seen.insert(replies);
      return true;
    });
    AgentPlan plan = plan_of_sessions(server.port(), "fixed:1");
    plan.threads = threads;
    const SocketAddress peer = resolve(plan.host, plan.port);
    const std::atomic<bool> stop{false};
    for (std::uint64_t number = 0; number < threads; ++number) {
      GeneratorThread thread(plan, number, threads, peer, stop, {});
      thread.connect_all();
      thread.window(measure::now_ns(), plan.window_s);
    }
    return seen;
  };
  const auto of_one = messages(1);
  EXPECT_EQ(of_one.size(), 100U);
  EXPECT_EQ(of_one, messages(2));
}

}  // namespace
}  // namespace bakeoff::load

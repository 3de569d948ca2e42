// What a generator thread does when a connection ends: it is reopened at once where it had been served, and after a
// pause, which is counted, where nothing was, or where the generator has run out of something.
#include <gmock/gmock.h>

#include "harness/load/generator_thread.h"
#include "harness/load/merge.h"
#include "harness/measure/monotonic.h"
#include "harness/validity/validity.h"
#include "tests/harness/fixtures/agent_plan.h"
#include "tests/harness/fixtures/short_server.h"

namespace bakeoff::load {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// The pause of harness/load/generator_thread_connections.cpp, and how often a connection is tried at most in a load
/// that took so long: once more at its beginning, at that of the warm-up and of the window.
constexpr std::uint64_t kPauseNs = 50'000'000;
std::uint64_t most_tries(std::uint64_t took_ns) {
  return 4 + took_ns / kPauseNs;
}

/// Three pauses.
constexpr double kWindowS = 0.15;

/// Reserved for documentation (RFC 5737): no machine has it, so that no port of it can be had.
constexpr const char* kUnassignedAddress = "192.0.2.1";

struct TimedRun {
  AgentResult result;
  std::uint64_t took_ns = 0;
};

/// A generator thread's load, run on this thread, from the first connection to the result of the whole.
TimedRun timed_run(const AgentPlan& plan) {
  const std::atomic<bool> stop{false};
  const std::uint64_t begun_ns = measure::now_ns();
  const SocketAddress peer = resolve(plan.host, plan.port);
  GeneratorThread thread(plan, 0, 1, peer, stop, {});
  thread.connect_all();
  if (plan.warmup_s > 0) thread.warm_up(measure::now_ns(), plan.warmup_s);
  thread.window(measure::now_ns(), plan.window_s);
  AgentResult result = thread.result();
  finish(result, plan.load.is_open());
  return {std::move(result), measure::now_ns() - begun_ns};
}

/// What the rules make of a row that has this for its client side.
std::map<std::string, std::string> voids(const AgentResult& result) {
  journal::Trial row;
  row.client = result.row;
  row.outcome = journal::Outcome::errors;
  return validity::judge_validity(row);
}

/// Closed and open loop, one request at a time and several.
std::vector<AgentPlan> kinds_of_load(std::uint16_t port) {
  std::vector<AgentPlan> plans(3, test::plan_for("echo", port, kWindowS));
  plans[1].load.pipeline = 4;
  plans[2].load.rate_rps = 2000;
  return plans;
}

TEST(Reconnect, AServerThatEndsConnectionsItHasServedIsAskedAgainAtOnceAndNothingIsPaused) {
  using Habits = test::ShortServer::Habits;
  for (const Habits& habits : {Habits{.answers = 10, .end = test::ShortServer::End::close},
                               {.answers = 10, .end = test::ShortServer::End::reset},
                               {.answers = 10, .end = test::ShortServer::End::close, .late = true},
                               {.answers = 10, .end = test::ShortServer::End::reset, .late = true}}) {
    const test::ShortServer server("echo", habits);
    for (const AgentPlan& plan : kinds_of_load(server.port())) {
      const AgentResult result = timed_run(plan).result;
      EXPECT_GT(result.row.replies_ok, 0U);
      ASSERT_TRUE(result.row.paused_share);
      EXPECT_EQ(*result.row.paused_share, 0);
      EXPECT_THAT(result.row.events, Not(Contains(HasSubstr("waited"))));
      // The thread may have been short of its CPU on this machine, which is a reason of its own.
      EXPECT_NE(voids(result)["throughput"], "paused");
    }
    EXPECT_GT(server.connections(), 12U);
  }
}

TEST(Reconnect, AServerThatOnlyClosesIsNotAskedWithoutEndAndThePausesAreCounted) {
  for (const test::ShortServer::End end : {test::ShortServer::End::close, test::ShortServer::End::reset}) {
    for (const bool churn : {false, true}) {
      const test::ShortServer server("echo", {.answers = 0, .end = end});
      AgentPlan plan = test::plan_for("echo", server.port(), kWindowS);
      plan.load.churn = churn;
      // A machine that gives the server no time within a window sees nothing closed in it.
      AgentResult result;
      std::uint64_t tries = 0;
      for (int windows = 0; windows < 20 && result.row.paused_share.value_or(0) == 0; ++windows) {
        TimedRun once = timed_run(plan);
        result = std::move(once.result);
        tries += most_tries(once.took_ns);
      }
      EXPECT_LE(server.connections(), plan.load.connections * tries);
      ASSERT_TRUE(result.row.paused_share);
      EXPECT_GT(*result.row.paused_share, 0.02);
      EXPECT_LE(*result.row.paused_share, 1);
      EXPECT_EQ(voids(result).at("throughput"), "paused");
      EXPECT_EQ(voids(result).at("latency"), "paused");
      EXPECT_THAT(result.row.events, Contains(HasSubstr("before it connected again where nothing had been served")));
    }
  }
}

TEST(Reconnect, ConnectionsThatAreNotServedPauseBesideThoseThatAre) {
  const test::ShortServer server("echo", {.answers = 0, .spared = 2});
  for (const double rate : {0.0, 500.0}) {
    AgentPlan plan = test::plan_for("echo", server.port(), kWindowS);
    plan.load.rate_rps = rate;
    plan.load.connections = rate == 0 ? 4 : 3;
    const AgentResult result = timed_run(plan).result;
    ASSERT_TRUE(result.row.paused_share);
    EXPECT_GT(*result.row.paused_share, 0.02);
    EXPECT_EQ(voids(result).at("throughput"), "paused");
  }
}

TEST(Reconnect, AServerThatIsThereNoLongerIsConnectedToAfterPausesAndTheyAreCounted) {
  const test::ShortServer server("echo", {.answers = 10, .accepted = 4});
  const auto [result, took_ns] = timed_run(test::plan_for("echo", server.port(), kWindowS));
  EXPECT_GT(test::errors_in(result, "connect"), 0U);
  EXPECT_LE(test::errors_in(result, "connect"), 4 * most_tries(took_ns));
  ASSERT_TRUE(result.row.paused_share);
  EXPECT_GT(*result.row.paused_share, 0.02);
}

TEST(Reconnect, ARequestThatTimedOutHasWaitedLongEnough) {
  test::TinyServer server("echo", [](std::string& replies) {
    replies.clear();
    return true;
  });
  AgentPlan plan = test::plan_for("echo", server.port(), kWindowS);
  plan.warmup_s = 0;
  plan.timeout_s = 0.06;
  const AgentResult result = timed_run(plan).result;
  EXPECT_GT(test::errors_in(result, "timeout"), 0U);
  ASSERT_TRUE(result.row.paused_share);
  EXPECT_EQ(*result.row.paused_share, 0);
}

TEST(Reconnect, ConnectionsForWhichThereIsNoPortWaitForOneAllTheWindow) {
  const test::ShortServer server("echo", {.answers = 1 << 30});
  AgentPlan plan = test::plan_for("echo", server.port(), kWindowS);
  plan.sources = {"127.0.0.1", kUnassignedAddress};
  const AgentResult result = timed_run(plan).result;
  EXPECT_EQ(result.row.connections_open, 2U);
  ASSERT_TRUE(result.row.paused_share);
  EXPECT_DOUBLE_EQ(*result.row.paused_share, 0.5);
  EXPECT_EQ(voids(result).at("throughput"), "paused");
  EXPECT_THAT(result.row.events, Contains(HasSubstr("for a local port")));
}

TEST(Reconnect, ChurnThatFindsNoPortWaitsForOneAndSaysSo) {
  for (const double rate : {0.0, 1000.0}) {
    const test::ShortServer server("echo", {.answers = 1 << 30});
    AgentPlan plan = test::plan_for("echo", server.port(), kWindowS);
    plan.load.churn = true;
    plan.load.rate_rps = rate;
    plan.sources = {"127.0.0.1", kUnassignedAddress};
    const AgentResult result = timed_run(plan).result;
    EXPECT_GT(test::errors_in(result, "connect"), 0U);
    ASSERT_TRUE(result.row.paused_share);
    EXPECT_GT(*result.row.paused_share, 0.02);
    EXPECT_THAT(result.row.events, Contains(HasSubstr("for a local port")));
  }
}

TEST(Reconnect, AServerThatIsWellPausesNobody) {
  const test::ShortServer server("http", {.answers = 1 << 30});
  for (const bool churn : {false, true}) {
    AgentPlan plan = test::plan_for("http", server.port(), kWindowS);
    plan.load.churn = churn;
    const AgentResult result = timed_run(plan).result;
    ASSERT_TRUE(result.row.paused_share);
    EXPECT_EQ(*result.row.paused_share, 0);
    EXPECT_TRUE(result.row.events.empty());
  }
}

}  // namespace
}  // namespace bakeoff::load

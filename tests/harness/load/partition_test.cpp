#include "harness/load/partition.h"

#include <gtest/gtest.h>

#include <set>

namespace bakeoff::load {
namespace {

AgentPlan plan_of(std::uint64_t connections, std::uint64_t idle = 0) {
  AgentPlan plan;
  plan.load.connections = connections;
  plan.load.idle = idle;
  plan.verify = true;
  return plan;
}

TEST(Partition, OneAgentHasAThreadOnEachCpuAndChoosesNoSource) {
  const auto parts = partition(plan_of(64), {1, 3}, 20'000, true);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].cpus, (std::vector<int>{1, 3}));
  EXPECT_EQ(parts[0].threads, 2U);
  EXPECT_TRUE(parts[0].sources.empty());
}

TEST(Partition, NoThreadIsWithoutAConnection) {
  const auto parts = partition(plan_of(1), {1, 2, 3}, 20'000, true);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].cpus.size(), 1U);
  EXPECT_EQ(parts[0].threads, 1U);
}

TEST(Partition, MoreConnectionsThanDescriptorsBecomeMoreAgentsAndNobodyIsLostOrDoubled) {
  const auto parts = partition(plan_of(1000, 99'001), {1}, 20'000, true);
  EXPECT_EQ(parts.size(), 6U);
  std::uint64_t connections = 0, idle = 0, verifying = 0;
  std::set<std::string> sources;
  std::size_t source_count = 0;
  for (const AgentPlan& part : parts) {
    EXPECT_LE(part.load.connections + part.load.idle + kOwnDescriptors, 20'000U);
    EXPECT_EQ(part.first_connection, connections);
    EXPECT_EQ(part.threads, 1U);
    EXPECT_EQ(part.cpus, std::vector<int>{1});
    connections += part.load.connections;
    idle += part.load.idle;
    verifying += part.verify ? 1 : 0;
    sources.insert(part.sources.begin(), part.sources.end());
    source_count += part.sources.size();
  }
  EXPECT_EQ(connections, 1000U);
  EXPECT_EQ(idle, 99'001U);
  EXPECT_EQ(verifying, 1U);
  EXPECT_EQ(parts.back().load.connections, 1000U) << "the load is one agent's, behind the crowd";
  EXPECT_EQ(sources.size(), source_count) << "no two agents share an address";
  EXPECT_GE(source_count, 6U);
}

TEST(Partition, ANumberOfRequestsIsSharedOutOverTheConnections) {
  AgentPlan plan = plan_of(50'000, 5'000);
  EXPECT_FALSE(partition(plan, {1, 2}, 20'000, true)[0].requests.has_value());
  for (const std::uint64_t requests : {1, 7, 1'000'003}) {
    plan.requests = requests;
    std::uint64_t sum = 0;
    for (const AgentPlan& part : partition(plan, {1, 2}, 20'000, true)) {
      ASSERT_TRUE(part.requests.has_value());
      sum += *part.requests;
    }
    EXPECT_EQ(sum, requests);
  }
}

TEST(Partition, MoreConnectionsOfTheLoadThanOneAgentHoldsShareTheCpusOut) {
  const auto parts = partition(plan_of(50'000, 5'000), {4, 5, 6, 7, 8, 9}, 20'000, true);
  ASSERT_EQ(parts.size(), 3U);
  EXPECT_EQ(parts[0].load.idle, 5'000U);
  std::set<int> cpus;
  std::uint64_t threads = 0;
  for (const AgentPlan& part : parts) {
    EXPECT_EQ(part.threads, 6U);
    EXPECT_EQ(part.first_thread, threads);
    EXPECT_EQ(part.cpus.size(), 2U);
    threads += part.cpus.size();
    cpus.insert(part.cpus.begin(), part.cpus.end());
  }
  EXPECT_EQ(cpus, (std::set<int>{4, 5, 6, 7, 8, 9}));
}

TEST(Partition, ASilentCrowdLeavesTheLoadAllCpus) {
  const auto parts = partition(plan_of(10, 100'000), {2, 3}, 20'000, true);
  ASSERT_EQ(parts.size(), 6U);
  EXPECT_EQ(parts.back().load.connections, 10U);
  EXPECT_EQ(parts.back().cpus, (std::vector<int>{2, 3}));
  EXPECT_EQ(parts.back().first_thread, 0U);
  EXPECT_EQ(parts.front().load.connections, 0U);
  EXPECT_TRUE(parts.front().verify);
}

TEST(Partition, AgentsThatHoldOnlyACrowdHaveNoShareOfTheScheduleAndTheBacklogIsOne) {
  AgentPlan plan = plan_of(2, 100);
  plan.backlog_cap = 100;
  const auto parts = partition(plan, {0, 1}, kOwnDescriptors + 20, true);
  ASSERT_EQ(parts.size(), 6U);
  for (const AgentPlan& part : parts) {
    EXPECT_EQ(part.threads, 2U);
    EXPECT_EQ(part.backlog_cap, 50U);
    EXPECT_EQ(part.load.connections, &part == &parts.back() ? 2U : 0U);
  }
  EXPECT_EQ(parts.back().first_thread, 0U);
  EXPECT_EQ(parts.back().cpus.size(), 2U) << "both parts of the schedule are there";
}

TEST(Partition, AProcessThatMayHoldAllStillNeedsAnAddressForEachEightThousand) {
  const auto parts = partition(plan_of(90'000), {1}, 1'000'000, true);
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_GE(parts[0].sources.size(), 90U / 8);
}

TEST(Partition, SourcesAreChosenOnlyOnTheLoopbackAndOnlyWhenNobodyElseHas) {
  EXPECT_TRUE(partition(plan_of(90'000), {1}, 1'000'000, false)[0].sources.empty());
  AgentPlan plan = plan_of(10);
  plan.load.churn = true;
  EXPECT_GT(partition(plan, {1}, 20'000, true)[0].sources.size(), 10U);
  plan.sources = {"127.0.0.9"};
  EXPECT_EQ(partition(plan, {1}, 20'000, true)[0].sources, std::vector<std::string>{"127.0.0.9"});
}

TEST(Partition, KnowsHowManyConnectionsTheDescriptorLimitAllows) {
  EXPECT_EQ(most_connections(20'000), kMostAgents * (20'000 - kOwnDescriptors));
  EXPECT_EQ(most_connections(10), 0U);
}

}  // namespace
}  // namespace bakeoff::load

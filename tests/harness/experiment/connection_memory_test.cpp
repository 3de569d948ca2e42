// What a connection costs in memory, from two readings.
#include <gtest/gtest.h>

#include "harness/experiment/connection_memory.h"

namespace bakeoff::experiment {
namespace {

TEST(MemoryPerConnection, IsTheGrowthOverTheConnectionsThatAreOpen) {
  journal::SubjectRow cost;
  note_memory(cost, {.own = {{.pss_kib = 1000}}, .kernel_kib = 100},
              {.own = {{.pss_kib = 14'000}}, .kernel_kib = 26'600}, 1000, false);
  EXPECT_EQ(cost.pss_begin_kib, 1000u);
  EXPECT_EQ(cost.pss_end_kib, 14'000u);
  EXPECT_EQ(cost.kernel_begin_kib, 100u);
  EXPECT_EQ(cost.kernel_end_kib, 26'600u);
  EXPECT_EQ(cost.pss_per_connection_kib, 13.0);
  EXPECT_EQ(cost.kernel_per_connection_kib, 26.5);
}

TEST(MemoryPerConnection, CountsUnitsThatWereMadeBeforehandForTheConnections) {
  journal::SubjectRow cost;
  note_memory(cost, {.own = {{.pss_kib = 44'000}}, .kernel_kib = 96'000},
              {.own = {{.pss_kib = 45'000}}, .kernel_kib = 99'000}, 1000, true);
  EXPECT_EQ(cost.pss_per_connection_kib, 45.0);
  EXPECT_EQ(cost.kernel_per_connection_kib, 99.0);
}

TEST(MemoryPerConnection, IsAbsentWhereAReadingOrAConnectionIs) {
  journal::SubjectRow cost;
  note_memory(cost, {.own = {}, .kernel_kib = 1}, {.own = {{.pss_kib = 10}}, .kernel_kib = {}}, 10, false);
  EXPECT_FALSE(cost.pss_per_connection_kib || cost.kernel_per_connection_kib);
  EXPECT_EQ(cost.pss_end_kib, 10u);
  note_memory(cost, {.own = {{.pss_kib = 5}}, .kernel_kib = 5}, {.own = {{.pss_kib = 10}}, .kernel_kib = 10}, 0, false);
  note_memory(cost, {.own = {{.pss_kib = 5}}, .kernel_kib = 5}, {.own = {{.pss_kib = 10}}, .kernel_kib = 10},
              std::nullopt, false);
  EXPECT_FALSE(cost.pss_per_connection_kib || cost.kernel_per_connection_kib);
}

TEST(MemoryPerConnection, IsNeverBelowZero) {
  journal::SubjectRow cost;
  note_memory(cost, {.own = {{.pss_kib = 500}}, .kernel_kib = {}}, {.own = {{.pss_kib = 400}}, .kernel_kib = {}}, 10,
              false);
  EXPECT_EQ(cost.pss_per_connection_kib, 0.0);
}

TEST(MemoryPerConnection, TheConnectionsAreTheLoadsAndThoseOfTheCrowdThatStayed) {
  journal::ClientRow client;
  client.connections_open = 10;
  EXPECT_EQ(connections_held({}, client), 10u);
  client.crowd = journal::CrowdFacts{.idle = 100, .slow_senders = 3, .slow_readers = 2, .lost = 5};
  EXPECT_EQ(connections_held({}, client), 110u);
  journal::Params churn;
  churn.load.churn = true;
  EXPECT_FALSE(connections_held(churn, client));
}

}  // namespace
}  // namespace bakeoff::experiment

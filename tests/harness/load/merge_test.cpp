#include "harness/load/merge.h"

#include <gtest/gtest.h>

namespace bakeoff::load {
namespace {

AgentResult part(std::uint64_t replies, double window_s) {
  AgentResult result;
  result.row.generators = {{.cpu = 1, .cpu_share = 0.5, .cpu_us = 10}};
  result.row.replies_ok = replies;
  result.row.requests = replies + 1;
  result.row.window_s = window_s;
  result.row.errors = {{"read", "ECONNRESET", 2}};
  result.row.fairness =
      journal::Fairness{.connections = 2, .worst_rps = 1.0 * static_cast<double>(replies), .best_rps = 9};
  result.receipt.requests = replies + 1;
  result.due = replies;
  result.outstanding_ns = 1e9;
  for (std::uint64_t i = 0; i < replies; ++i) result.latency["total"].record(1000 * (i + 1));
  return result;
}

TEST(Merge, OfTwoPartsCountsAddUpGeneratorsAreListedAndExtremesStayExtremes) {
  AgentResult whole;
  merge(whole, part(3, 1));
  AgentResult other = part(5, 2);
  other.row.errors.push_back({"connect", "EMFILE", 1});
  other.complaint = "first words";
  merge(whole, other);
  finish(whole, true);
  EXPECT_EQ(whole.row.generators.size(), 2U);
  EXPECT_EQ(whole.row.replies_ok, 8U);
  EXPECT_EQ(whole.row.requests, 10U);
  EXPECT_EQ(whole.receipt.requests, 10U);
  ASSERT_EQ(whole.row.errors.size(), 2U);
  EXPECT_EQ(whole.row.errors[0].count, 4U);
  EXPECT_EQ(whole.row.errors[1].code, "EMFILE");
  EXPECT_EQ(whole.complaint, "first words");
  EXPECT_DOUBLE_EQ(whole.row.window_s, 2);
  EXPECT_DOUBLE_EQ(whole.row.throughput_rps, 4);
  EXPECT_DOUBLE_EQ(*whole.row.offered_rps, 4);
  EXPECT_DOUBLE_EQ(*whole.row.mean_outstanding, 1);
  EXPECT_EQ(whole.row.latency_us.at("total").count, 8U);
  EXPECT_EQ(whole.row.fairness->connections, 4U);
  EXPECT_DOUBLE_EQ(whole.row.fairness->worst_rps, 3);
}

TEST(Merge, TheDefaultResultIsNeutralAndAnEmptyLoadHasNoRatesToDivideBy) {
  AgentResult whole;
  merge(whole, AgentResult{});
  finish(whole, true);
  EXPECT_EQ(whole.row.throughput_rps, 0);
  EXPECT_FALSE(whole.row.mean_outstanding);
  EXPECT_FALSE(whole.row.fairness);
}

TEST(Merge, OneOpenConnectionTellsJainsIndexByTheSumsOfAllParts) {
  AgentResult whole = part(1, 1);
  whole.replies_sum = 10;
  whole.replies_square_sum = 100;  // One of two connections has everything.
  finish(whole, false);
  EXPECT_DOUBLE_EQ(whole.row.fairness->jain, 0.5);
}

TEST(IntervalMerger, GivesAnIntervalOnceItsLastPartHasComeInWhateverOrder) {
  IntervalMerger merger(2);
  LoadInterval first, second;
  first.replies = 3;
  first.threads = 1;
  first.length_s = 0.25;
  second = first;
  second.index = 1;
  EXPECT_FALSE(merger.add(first));
  EXPECT_FALSE(merger.add(second));
  const auto whole = merger.add(first);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->index, 0U);
  EXPECT_EQ(whole->replies, 6U);
  EXPECT_EQ(whole->threads, 2U);
  EXPECT_DOUBLE_EQ(whole->length_s, 0.25);
  EXPECT_TRUE(merger.add(second));
}

}  // namespace
}  // namespace bakeoff::load

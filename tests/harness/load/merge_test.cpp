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

TEST(Merge, AWindowTravelsWholeAndItsPartsAddUp) {
  LoadWindow part;
  part.length_s = 0.1;
  part.busy_s = 0.125;
  part.requests = 10;
  part.replies = 9;
  part.replies_in_time = 8;
  part.unfinished = 1;
  part.due = 11;
  part.outstanding_at_end = 2;
  part.outstanding_ns = 5e6;
  part.latency["total"].record(1'000'000, 9);
  const std::string line = to_json(part);
  EXPECT_TRUE(is_window(line));
  EXPECT_FALSE(is_result(line) || is_interval(line));
  LoadWindow whole = window_from_json(line);
  EXPECT_EQ(to_json(whole), line);
  merge(whole, part);  // Another thread's.
  EXPECT_DOUBLE_EQ(whole.length_s, 0.1);
  EXPECT_EQ(whole.replies, 18U);
  append(whole, part);  // The next window.
  EXPECT_DOUBLE_EQ(whole.length_s, 0.2);
  EXPECT_DOUBLE_EQ(whole.busy_s, 0.25);
  EXPECT_EQ(whole.due, 33U);
  EXPECT_EQ(whole.replies_in_time, 24U);
  EXPECT_EQ(whole.outstanding_at_end, 6U);
  EXPECT_EQ(whole.latency.at("total").count(), 27U);
}

}  // namespace
}  // namespace bakeoff::load

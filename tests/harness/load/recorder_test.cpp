#include "harness/load/recorder.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/load/merge.h"

namespace bakeoff::load {
namespace {

constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kBegin = 5'000 * kMs;

AgentPlan open_plan() {
  AgentPlan plan;
  plan.load.rate_rps = 1000;
  plan.window_s = 1;
  return plan;
}

AgentResult finished(Recorder& recorder, bool open = true) {
  recorder.end_window();
  AgentResult result = recorder.result(1);
  finish(result, open);
  return result;
}

TEST(Recorder, AnOpenRequestIsSplitIntoSlipWaitAndServiceWhichAddUpToItsTotalFromTheDueTime) {
  Recorder recorder(open_plan(), 1, {});
  recorder.open_window(kBegin, kBegin + 1000 * kMs, 0);
  recorder.came_due(kBegin, kBegin + 2 * kMs);
  recorder.sent_one(kBegin + 2 * kMs, kBegin + 5 * kMs);
  recorder.answered(0, kBegin, kBegin + 5 * kMs, kBegin + 12 * kMs, 1);
  recorder.right(1, kBegin + 12 * kMs);
  recorder.close_window(kBegin + 1000 * kMs, 0);
  const AgentResult result = finished(recorder);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("slip").mean, 2000);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("wait").mean, 3000);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("service").mean, 7000);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("total").mean, 12'000);
  EXPECT_DOUBLE_EQ(*result.row.offered_rps, 1);
  EXPECT_DOUBLE_EQ(result.row.throughput_rps, 1);
}

TEST(Recorder, OutstandingRequestsObeyLittlesLawExactlyWhatEverBecomesOfThem) {
  Recorder recorder(open_plan(), 2, {});
  recorder.open_window(kBegin, kBegin + 100 * kMs, 0);
  recorder.came_due(kBegin, kBegin + 1 * kMs);
  recorder.sent_one(kBegin + 1 * kMs, kBegin + 1 * kMs);
  recorder.came_due(kBegin + 20 * kMs, kBegin + 25 * kMs);
  recorder.answered(0, kBegin, kBegin + 1 * kMs, kBegin + 30 * kMs, 1);
  recorder.close_window(kBegin + 100 * kMs, 0);
  recorder.unsent(kBegin + 20 * kMs, kBegin + 25 * kMs, kBegin + 150 * kMs);  // in the drain, never sent
  const AgentResult result = finished(recorder);
  const stats::LatencySummary& total = result.row.latency_us.at("total");
  EXPECT_EQ(total.count, 2U);
  EXPECT_DOUBLE_EQ(*result.row.mean_outstanding, static_cast<double>(total.count) / 0.1 * total.mean / 1e6);
  EXPECT_EQ(result.row.unfinished, 0U) << "it was never sent";
  EXPECT_GE(total.max, 130'000);
}

TEST(Recorder, WhatIsNeverAnsweredIsInTheServiceAndWhatIsNeverSentInTheWaitSoThatTheSplitFlattersNobody) {
  Recorder recorder(open_plan(), 1, {});
  recorder.open_window(kBegin, kBegin + 10 * kMs, 0);
  recorder.came_due(kBegin, kBegin);
  recorder.sent_one(kBegin, kBegin);
  recorder.came_due(kBegin, kBegin);
  recorder.close_window(kBegin + 10 * kMs, 0);
  recorder.unanswered(kBegin, kBegin, kBegin + 500 * kMs);
  recorder.unsent(kBegin, kBegin, kBegin + 600 * kMs);
  const AgentResult result = finished(recorder);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("service").max, 500'000);
  EXPECT_DOUBLE_EQ(result.row.latency_us.at("wait").max, 600'000);
  EXPECT_EQ(result.row.unfinished, 1U);
  EXPECT_EQ(result.row.outstanding_at_end, 2U);
}

TEST(Recorder, AnEventThatIsToldOfWithAnEarlierTimeThanTheLastDoesNotTurnTheIntegralBack) {
  Recorder recorder(open_plan(), 1, {});
  recorder.open_window(kBegin, kBegin + 10 * kMs, 0);
  recorder.came_due(kBegin, kBegin);
  recorder.came_due(kBegin, kBegin + 5 * kMs);
  recorder.unsent(kBegin, kBegin, kBegin + 4 * kMs);
  recorder.close_window(kBegin + 10 * kMs, 0);
  EXPECT_LT(*finished(recorder).row.mean_outstanding, 3);
}

TEST(Recorder, AWindowThatIsStoppedBeforeItBeganIsEmpty) {
  Recorder recorder(open_plan(), 1, {});
  recorder.open_window(kBegin, kBegin + 10 * kMs, 0);
  recorder.close_window(kBegin - 5 * kMs, 0);
  EXPECT_EQ(finished(recorder).row.window_s, 0);
  EXPECT_EQ(finished(recorder).row.throughput_rps, 0);
}

TEST(Recorder, IntervalsThatALateLaneMissedAreToldOfAllTheSame) {
  AgentPlan plan;
  plan.interval_s = 0.25;
  std::vector<LoadInterval> intervals;
  Recorder recorder(plan, 1, [&](const LoadInterval& interval) { intervals.push_back(interval); });
  recorder.open_window(kBegin, kBegin + 1000 * kMs, 0);
  recorder.tick(kBegin + 260 * kMs, 0);
  recorder.close_window(kBegin + 1500 * kMs, 0);
  ASSERT_EQ(intervals.size(), 4U);
  EXPECT_EQ(intervals.back().index, 3U);
}

TEST(Recorder, EachOfSeveralWindowsIsToldOfByItselfAndTheResultIsAllOfThem) {
  AgentPlan plan;
  Recorder recorder(plan, 1, {});
  const auto window = [&](std::uint64_t begin_ns, std::uint64_t latency_ms) {
    recorder.open_window(begin_ns, begin_ns + 10 * kMs, 0);
    recorder.sent(2, begin_ns);
    recorder.answered(0, begin_ns, begin_ns, begin_ns + latency_ms * kMs, 2);
    recorder.right(2, begin_ns + latency_ms * kMs);
    recorder.close_window(begin_ns + 10 * kMs, 300);
    return recorder.end_window();
  };
  const LoadWindow first = window(kBegin, 4);
  recorder.sent(5, kBegin + 15 * kMs);  // Between the windows.
  recorder.answered(0, kBegin + 15 * kMs, kBegin + 15 * kMs, kBegin + 16 * kMs, 5);
  recorder.right(5, kBegin + 16 * kMs);
  const LoadWindow second = window(kBegin + 20 * kMs, 12);
  EXPECT_EQ(first.requests, 2U);
  EXPECT_EQ(first.replies, 2U);
  EXPECT_DOUBLE_EQ(first.length_s, 0.010);
  EXPECT_DOUBLE_EQ(first.busy_s, 0.004);
  EXPECT_DOUBLE_EQ(first.outstanding_ns, 2 * 4e6);
  EXPECT_EQ(second.replies, 2U) << "those of the drain belong to it";
  EXPECT_EQ(second.replies_in_time, 0U);
  EXPECT_DOUBLE_EQ(second.busy_s, 0.012);
  EXPECT_NEAR(second.latency.at("total").summary_us().p50, 12'000, 100);
  const AgentResult result = finished(recorder, false);
  EXPECT_EQ(result.row.requests, 4U);
  EXPECT_EQ(result.row.replies_ok, 2U) << "those of the first window came within it";
  EXPECT_DOUBLE_EQ(result.row.window_s, 0.020);
  EXPECT_DOUBLE_EQ(result.row.generators.at(0).cpu_us, 600);
  EXPECT_EQ(result.row.latency_us.at("total").count, 4U);
  EXPECT_EQ(result.receipt.requests, 9U);
}

TEST(Recorder, RepliesAfterTheEndOfTheWindowAreLatencyAndNotThroughput) {
  AgentPlan plan;
  Recorder recorder(plan, 1, {});
  recorder.open_window(kBegin, kBegin + 10 * kMs, 0);
  recorder.sent(2, kBegin);
  recorder.answered(0, kBegin, kBegin, kBegin + 10 * kMs, 1);
  recorder.right(1, kBegin + 10 * kMs);
  recorder.close_window(kBegin + 10 * kMs, 0);
  recorder.answered(0, kBegin, kBegin, kBegin + 11 * kMs, 1);
  recorder.right(1, kBegin + 11 * kMs);
  const AgentResult result = finished(recorder, false);
  EXPECT_EQ(result.row.replies_ok, 1U);
  EXPECT_EQ(result.row.requests, 2U);
  EXPECT_EQ(result.row.latency_us.at("total").count, 2U);
  EXPECT_EQ(result.receipt.acknowledged, 2U);
  EXPECT_FALSE(result.row.offered_rps);
}

TEST(Recorder, WhatHappensBeforeTheWindowIsInTheReceiptAndInTheErrorsAndNowhereElse) {
  Recorder recorder(open_plan(), 1, {});
  recorder.came_due(kBegin - 10, kBegin - 9);
  recorder.sent_one(kBegin - 9, kBegin - 8);
  recorder.answered(0, kBegin - 10, kBegin - 8, kBegin - 1, 1);
  recorder.right(1, kBegin - 1);
  recorder.error("read", 104);
  recorder.open_window(kBegin, kBegin + 10 * kMs, 0);
  recorder.close_window(kBegin + 10 * kMs, 0);
  const AgentResult result = finished(recorder);
  EXPECT_EQ(result.receipt.requests, 1U);
  EXPECT_EQ(result.receipt.acknowledged, 1U);
  EXPECT_EQ(result.row.requests, 0U);
  EXPECT_EQ(result.row.replies_ok, 0U);
  EXPECT_EQ(result.row.latency_us.at("total").count, 0U);
  EXPECT_EQ(result.row.connections_served, 0U);
  ASSERT_EQ(result.row.errors.size(), 1U);
  EXPECT_EQ(result.row.errors[0].code, "ECONNRESET");
}

TEST(Recorder, AReplyErrorHasTheStatusAsItsCode) {
  Recorder recorder(open_plan(), 1, {});
  recorder.error("reply", 503, 3);
  recorder.end_window();
  const AgentResult result = recorder.result(-1);
  ASSERT_EQ(result.row.errors.size(), 1U);
  EXPECT_EQ(result.row.errors[0].code, "503");
  EXPECT_EQ(result.row.errors[0].count, 3U);
}

TEST(Recorder, NamesOfErrorsThatAServerMakesUpHaveAnEndAndAreAllCounted) {
  Recorder recorder(open_plan(), 1, {});
  constexpr std::uint64_t kReplies = 3000;
  for (std::uint64_t i = 0; i < kReplies; ++i) recorder.error("reply", "E" + std::to_string(i), 1);
  recorder.error("reply", "E0", 1);
  recorder.end_window();
  const AgentResult result = recorder.result(-1);
  EXPECT_EQ(result.row.errors.size(), 1001U);
  std::map<std::string, std::uint64_t> counts;
  for (const journal::ErrorCount& error : result.row.errors) counts[error.code] += error.count;
  EXPECT_EQ(counts["E0"], 2U);
  EXPECT_EQ(counts["E999"], 1U);
  EXPECT_EQ(counts["other"], kReplies - 1000);
}

TEST(Recorder, IntervalsCoverTheWindowWithoutGapAndTogetherAreItsReplies) {
  AgentPlan plan;
  plan.interval_s = 0.25;
  std::vector<LoadInterval> intervals;
  Recorder recorder(plan, 1, [&](const LoadInterval& interval) { intervals.push_back(interval); });
  recorder.open_window(kBegin, kBegin + 600 * kMs, 10);
  for (std::uint64_t ms = 0; ms < 600; ms += 10) {
    const std::uint64_t now = kBegin + ms * kMs;
    if (now >= recorder.next_tick_ns()) recorder.tick(now, 10 + static_cast<double>(ms));
    recorder.sent(1, now);
    recorder.answered(0, now, now, now + kMs, 1);
    recorder.right(1, now + kMs);
  }
  recorder.close_window(kBegin + 600 * kMs, 700);
  ASSERT_EQ(intervals.size(), 3U);
  std::uint64_t replies = 0;
  double cpu_us = 0, length_s = 0;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    EXPECT_EQ(intervals[i].index, i);
    EXPECT_EQ(intervals[i].total.count(), intervals[i].replies);
    replies += intervals[i].replies;
    cpu_us += intervals[i].cpu_us;
    length_s += intervals[i].length_s;
  }
  EXPECT_EQ(intervals[0].replies, 25U);
  EXPECT_EQ(replies, 60U);
  EXPECT_DOUBLE_EQ(cpu_us, 690);
  EXPECT_DOUBLE_EQ(length_s, 0.6);
  EXPECT_EQ(finished(recorder, false).row.latency_us.at("total").count, 60U);
}

TEST(Fairness, IsOneWhenAllAreServedAlikeAndOneNthWhenOneHasEverything) {
  for (const bool alike : {true, false}) {
    AgentPlan plan;
    Recorder recorder(plan, 4, {});
    recorder.open_window(kBegin, kBegin + 1000 * kMs, 0);
    for (std::uint64_t i = 0; i < 800; ++i) {
      recorder.sent(1, kBegin + i);
      recorder.answered(alike ? i % 4 : 2, kBegin + i, kBegin + i, kBegin + i + kMs, 1);
    }
    recorder.close_window(kBegin + 1000 * kMs, 0);
    const journal::Fairness fairness = *finished(recorder, false).row.fairness;
    EXPECT_EQ(fairness.connections, 4U);
    EXPECT_DOUBLE_EQ(fairness.jain, alike ? 1 : 0.25);
    EXPECT_DOUBLE_EQ(fairness.worst_rps, alike ? 200 : 0);
    EXPECT_DOUBLE_EQ(fairness.best_rps, alike ? 200 : 800);
    ASSERT_TRUE(fairness.p99_worst_us);
    EXPECT_NEAR(*fairness.p99_worst_us, 1000, 65);
  }
}

TEST(Recorder, AMixtureHasItsTwoClassesBesideTheTotal) {
  AgentPlan plan;
  Recorder recorder(plan, 1, {});
  const std::vector<std::string> classes{"light", "heavy"};
  recorder.set_classes(classes);
  recorder.answered_of_class(1, 99 * kMs, 1);  // Before the window: not counted.
  recorder.open_window(kBegin, kBegin + 1000 * kMs, 0);
  recorder.sent(3, kBegin);
  recorder.answered(0, kBegin, kBegin, kBegin + 2 * kMs, 2);
  recorder.answered_of_class(0, 2 * kMs, 2);
  recorder.answered(0, kBegin, kBegin, kBegin + 8 * kMs, 1);
  recorder.answered_of_class(1, 8 * kMs, 1);
  recorder.close_window(kBegin + 1000 * kMs, 0);
  const auto latency = finished(recorder, false).row.latency_us;
  EXPECT_EQ(latency.at("total").count, 3U);
  EXPECT_EQ(latency.at("light").count, 2U);
  EXPECT_DOUBLE_EQ(latency.at("light").mean, 2000);
  EXPECT_EQ(latency.at("heavy").count, 1U);
  EXPECT_DOUBLE_EQ(latency.at("heavy").mean, 8000);
}

}  // namespace
}  // namespace bakeoff::load

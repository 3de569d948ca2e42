#include "harness/load/silences.h"

#include <gmock/gmock.h>

#include "harness/load/merge.h"
#include "harness/load/recorder.h"

namespace bakeoff::load {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kSilenceMs = 1'000'000;
constexpr std::uint64_t kWindowBegin = 7'000 * kSilenceMs;

/// A closed load of eight connections that are answered once per millisecond, all at once, except from `stop_ms` on for
/// `stop_for_ms`; `own_delay_ms` of that the generator waited for its own CPU.
AgentResult load_with_a_stop(std::uint64_t stop_ms, std::uint64_t stop_for_ms, std::uint64_t own_delay_ms = 0,
                             std::uint64_t connections = 8) {
  AgentPlan plan;
  plan.load.connections = connections;
  Recorder recorder(plan, connections, {});
  recorder.open_window(kWindowBegin, kWindowBegin + 1000 * kSilenceMs, 0);
  recorder.sent(connections, kWindowBegin);
  for (std::uint64_t ms = 1; ms <= 1000; ++ms) {
    if (ms > stop_ms && ms < stop_ms + stop_for_ms) continue;
    const std::uint64_t now = kWindowBegin + ms * kSilenceMs;
    for (std::uint64_t i = 0; i < connections; ++i) {
      if (recorder.ends_silence(now)) recorder.silence_ends(now, own_delay_ms * kSilenceMs);
      recorder.answered(i, now - kSilenceMs, now - kSilenceMs, now, 1);
      recorder.right(1, now);
    }
    if (ms < 1000) recorder.sent(connections, now);
  }
  recorder.close_window(kWindowBegin + 1000 * kSilenceMs, 0);
  recorder.end_window();
  AgentResult result = recorder.result(1);
  finish(result, false);
  return result;
}

TEST(Silences, AStopOfAKnownTimeIsOnePauseOfThatTime) {
  const AgentResult result = load_with_a_stop(400, 50);
  ASSERT_TRUE(result.row.subject_pauses);
  EXPECT_EQ(result.row.subject_pauses->count, 1U);
  EXPECT_DOUBLE_EQ(result.row.subject_pauses->longest_us, 50'000);
  EXPECT_DOUBLE_EQ(result.row.subject_pauses->total_us, 50'000);
}

TEST(Silences, WithoutAStopThereIsNoneAndTheRowSaysSo) {
  const AgentResult result = load_with_a_stop(400, 9);
  ASSERT_TRUE(result.row.subject_pauses);
  EXPECT_EQ(result.row.subject_pauses->count, 0U);
  EXPECT_EQ(result.row.subject_pauses->longest_us, 0);
}

TEST(Silences, WhatTheGeneratorWaitedForItsOwnCpuIsNoPauseOfTheSubject) {
  EXPECT_DOUBLE_EQ(load_with_a_stop(400, 50, 15).row.subject_pauses->longest_us, 35'000);
  EXPECT_EQ(load_with_a_stop(400, 50, 45).row.subject_pauses->count, 0U);
}

TEST(Silences, OneSlowRequestAloneIsNoPause) {
  EXPECT_EQ(load_with_a_stop(400, 50, 0, 3).row.subject_pauses->count, 0U);
}

TEST(Silences, ALoadThatNeverHasFourRequestsOnTheWayTellsNone) {
  journal::LoadShape load;
  load.connections = 3;
  EXPECT_FALSE(tells_pauses(load));
  load.connections = 4;
  EXPECT_TRUE(tells_pauses(load));
  load.connections = 1;
  load.rate_rps = 100;
  EXPECT_TRUE(tells_pauses(load)) << "what comes due meanwhile waits";
}

TEST(Silences, ASilenceBeginsWithTheRequestThatFindsNoneOnTheWay) {
  AgentPlan plan;
  plan.load.rate_rps = 10;
  Recorder recorder(plan, 8, {});
  recorder.open_window(kWindowBegin, kWindowBegin + 1000 * kSilenceMs, 0);
  EXPECT_FALSE(recorder.ends_silence(kWindowBegin + 500 * kSilenceMs)) << "nobody asked";
  recorder.came_due(kWindowBegin + 500 * kSilenceMs, kWindowBegin + 500 * kSilenceMs);
  recorder.sent_one(kWindowBegin + 500 * kSilenceMs, kWindowBegin + 500 * kSilenceMs);
  EXPECT_FALSE(recorder.ends_silence(kWindowBegin + 509 * kSilenceMs));
  EXPECT_TRUE(recorder.ends_silence(kWindowBegin + 510 * kSilenceMs));
}

TEST(Silences, OfTwoThreadsCountsTheTimeInWhichBothWereSilent) {
  Silences whole;
  intersect(whole,
            {.threads = 1, .list = {{100 * kSilenceMs, 150 * kSilenceMs, 3}, {300 * kSilenceMs, 400 * kSilenceMs, 3}}});
  intersect(whole,
            {.threads = 1, .list = {{110 * kSilenceMs, 160 * kSilenceMs, 2}, {395 * kSilenceMs, 500 * kSilenceMs, 2}}});
  EXPECT_EQ(whole.threads, 2U);
  EXPECT_THAT(whole.list, ElementsAre(Silence{110 * kSilenceMs, 150 * kSilenceMs, 5})) << "5 ms together are none";
  intersect(whole, {});
  EXPECT_EQ(whole.list.size(), 1U) << "a thread without connections says nothing";
  intersect(whole, {.threads = 1, .list = {}});
  EXPECT_THAT(whole.list, IsEmpty()) << "one was answered all the time";
}

TEST(Silences, OfTheAgentsOfALoadOnlyWhatAllWereSilentIsAPause) {
  AgentResult whole;
  merge(whole, load_with_a_stop(400, 50));
  merge(whole, load_with_a_stop(420, 60));
  finish(whole, false);
  EXPECT_EQ(whole.row.subject_pauses->count, 1U);
  EXPECT_DOUBLE_EQ(whole.row.subject_pauses->longest_us, 30'000);
}

TEST(Silences, ThoseOfLaterWindowsAreAddedAndTheTimeBetweenIsNone) {
  LoadWindow kept;
  LoadWindow first, second;
  first.silences = {.threads = 1, .list = {{100 * kSilenceMs, 150 * kSilenceMs, 8}}};
  second.silences = {.threads = 1, .list = {{900 * kSilenceMs, 920 * kSilenceMs, 8}}};
  append(kept, first);
  append(kept, second);
  const journal::SubjectPauses pauses = pauses_among(kept.silences, 100);
  EXPECT_EQ(pauses.count, 2U);
  EXPECT_DOUBLE_EQ(pauses.total_us, 70'000);
  EXPECT_DOUBLE_EQ(pauses.longest_us, 50'000);
}

TEST(Silences, WhatRequestsTakeAnywayIsNone) {
  const Silences waits{.threads = 1, .list = {{0, 90 * kSilenceMs, 8}}};
  EXPECT_EQ(pauses_among(waits, 10'000).count, 0U) << "requests that wait for 10 ms";
  EXPECT_EQ(pauses_among(waits, 8'000).count, 1U);
}

TEST(Silences, TravelFromTheAgentToTheHarness) {
  const AgentResult back = agent_result_from_json(to_json(load_with_a_stop(400, 50)));
  EXPECT_EQ(back.silences.threads, 1U);
  EXPECT_THAT(back.silences.list,
              ElementsAre(Silence{kWindowBegin + 400 * kSilenceMs, kWindowBegin + 450 * kSilenceMs, 8}));
  LoadWindow window;
  window.silences.threads = 2;
  EXPECT_EQ(window_from_json(to_json(window)).silences.threads, 2U);
}

}  // namespace
}  // namespace bakeoff::load

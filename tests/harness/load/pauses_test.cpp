// What a load generator waits for by itself: which failures are followed by a pause, and what a row says of them.
#include "harness/load/pauses.h"

#include <gmock/gmock.h>

#include <cerrno>

#include "harness/load/merge.h"
#include "harness/load/recorder.h"

namespace bakeoff::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMillisecondNs = 1'000'000;
constexpr std::uint64_t kWindowBeginNs = 5'000 * kMillisecondNs;

TEST(Pauses, FollowALossOnlyWhereNothingHadBeenServed) {
  for (const auto& [phase, code] : {std::pair{"closed", 0}, {"read", ECONNRESET}, {"write", EPIPE}, {"parse", 0}}) {
    EXPECT_EQ(pause_after(phase, code, true), Pause::none) << phase;
    EXPECT_EQ(pause_after(phase, code, false), Pause::unserved) << phase;
  }
  EXPECT_EQ(pause_after("connect", ECONNREFUSED, false), Pause::unserved);
  EXPECT_EQ(pause_after("connect", EAGAIN, false), Pause::unserved) << "a Unix socket's accept queue is full";
}

TEST(Pauses, DoNotFollowATimeLimitThatHasPassed) {
  EXPECT_EQ(pause_after("timeout", 0, false), Pause::none);
  EXPECT_EQ(pause_after("connect", ETIMEDOUT, false), Pause::none);
}

TEST(Pauses, FollowWhateverTheGeneratorHasRunOutOfServedOrNot) {
  for (const bool served : {false, true}) {
    for (const int code : {EADDRNOTAVAIL, EADDRINUSE}) EXPECT_EQ(pause_after("connect", code, served), Pause::port);
    for (const int code : {EMFILE, ENFILE}) EXPECT_EQ(pause_after("connect", code, served), Pause::descriptor);
    for (const int code : {ENOBUFS, ENOMEM, ENOSPC}) EXPECT_EQ(pause_after("write", code, served), Pause::memory);
  }
}

AgentResult part_with(std::uint64_t connections, Pause why, std::uint64_t since_ms, std::uint64_t until_ms) {
  Recorder recorder(AgentPlan{}, connections, {});
  recorder.open_window(kWindowBeginNs, kWindowBeginNs + 1000 * kMillisecondNs, 0);
  recorder.paused(why, kWindowBeginNs + since_ms * kMillisecondNs, kWindowBeginNs + until_ms * kMillisecondNs);
  recorder.close_window(kWindowBeginNs + 1000 * kMillisecondNs, 0);
  recorder.end_window();
  return recorder.result(-1);
}

TEST(Pauses, AreAShareOfTheConnectionsTimeOverAllLanesAndAgents) {
  AgentResult whole = agent_result_from_json(to_json(part_with(3, Pause::unserved, 100, 400)));
  merge(whole, agent_result_from_json(to_json(part_with(1, Pause::unserved, 0, 100))));
  merge(whole, part_with(1, Pause::port, 800, 1000));
  finish(whole, false);
  EXPECT_DOUBLE_EQ(*whole.row.paused_share, 0.6 / 5);
  EXPECT_THAT(whole.row.events,
              ElementsAre(HasSubstr("waited 2 times, 0.4 s of its connections' time, before it "
                                    "connected again where nothing had been served"),
                          HasSubstr("waited 1 time, 0.2 s of its connections' time, for a local port")));
}

TEST(Pauses, CountAsFarAsTheyAreInTheWindow) {
  Recorder recorder(AgentPlan{}, 1, {});
  recorder.paused(Pause::unserved, kWindowBeginNs - 500 * kMillisecondNs, kWindowBeginNs - 400 * kMillisecondNs);
  recorder.open_window(kWindowBeginNs, kWindowBeginNs + 1000 * kMillisecondNs, 0);
  recorder.paused(Pause::unserved, kWindowBeginNs - 100 * kMillisecondNs, kWindowBeginNs + 100 * kMillisecondNs);
  recorder.close_window(kWindowBeginNs + 500 * kMillisecondNs, 0);  // Stopped early.
  recorder.paused(Pause::unserved, kWindowBeginNs + 400 * kMillisecondNs, kWindowBeginNs + 900 * kMillisecondNs);
  recorder.paused(Pause::unserved, kWindowBeginNs + 900 * kMillisecondNs, kWindowBeginNs + 950 * kMillisecondNs);
  recorder.end_window();
  AgentResult result = recorder.result(-1);
  finish(result, false);
  EXPECT_EQ(result.pauses.at("unserved").count, 2U);
  EXPECT_DOUBLE_EQ(*result.row.paused_share, 0.4);
}

TEST(Pauses, OfAWindowThatNeverWasAreUnknown) {
  AgentResult nothing;
  finish(nothing, false);
  EXPECT_FALSE(nothing.row.paused_share);
}

}  // namespace
}  // namespace bakeoff::load

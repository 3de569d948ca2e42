// CPU time that was read at the wrong moment.
#include <gtest/gtest.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

journal::Trial read_after(double seconds) {
  journal::Trial trial;
  journal::ClientRow client;
  client.requests = client.replies_ok = 10'000;
  client.connections_open = client.connections_served = 64;
  client.window_s = 2;
  trial.client = client;
  trial.subject_cost.emplace().cpu_window_s = seconds;
  return trial;
}

TEST(ReadLate, VoidsCpuTimeOfAnotherStretchThanTheWindowAndTheTrialRunsAgain) {
  for (const double fits : {1.92, 2.0, 2.08}) {
    const journal::Trial trial = read_after(fits);
    EXPECT_EQ(void_reason(trial, metric::kCpuPerRequest), "") << fits;
    EXPECT_FALSE(judge_validity(trial).contains("cpu_per_request")) << fits;
  }
  for (const double misses : {1.88, 2.12}) {
    journal::Trial trial = read_after(misses);
    trial.validity = judge_validity(trial);
    EXPECT_EQ(void_reason(trial, metric::kCpuPerRequest), "read-late") << misses;
    EXPECT_EQ(void_reason(trial, metric::kThroughput), "") << misses;
    EXPECT_TRUE(is_noisy(trial));
  }
}

TEST(ReadLate, IsNoMatterWhereTheWindowEndsWithTheLastReply) {
  journal::Trial trial = read_after(2.2);
  ASSERT_TRUE(judge_validity(trial).contains("cpu_per_request"));
  trial.params.load.request = "/wait/{fixed:100000}";
  EXPECT_FALSE(judge_validity(trial).contains("cpu_per_request"));
  trial.params.load.rate_rps = 1000;
  EXPECT_TRUE(judge_validity(trial).contains("cpu_per_request")) << "an open load ends by the clock";
}

TEST(ReadLate, IsNotKnownOfRowsThatDoNotSay) {
  journal::Trial trial = read_after(2);
  trial.subject_cost->cpu_window_s.reset();
  EXPECT_FALSE(judge_validity(trial).contains("cpu_per_request"));
}

}  // namespace
}  // namespace bakeoff::validity

// A warm-up without an end.
#include <gtest/gtest.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

TEST(Unsteady, VoidsWhatIsOfTheSteadyStateAndIsNoOutcome) {
  journal::Trial trial;
  journal::ClientRow client;
  client.requests = client.replies_ok = 10'000;
  client.connections_open = client.connections_served = 64;
  client.window_s = 2;
  trial.client = client;
  trial.warm_up = journal::WarmUpRow{.slice_s = 0.1, .cpu_us_per_request = {9, 8}, .steady_from = 3};
  EXPECT_TRUE(judge_validity(trial).empty());
  trial.warm_up->steady_from.reset();
  const std::map<std::string, std::string> expected{
      {"cpu_per_request", "unsteady"}, {"latency", "unsteady"}, {"throughput", "unsteady"}};
  EXPECT_EQ(judge_validity(trial), expected);
  EXPECT_EQ(judge_outcome(trial), journal::Outcome::ok);
}

}  // namespace
}  // namespace bakeoff::validity

// Subjects that answer sooner than they were asked to.
#include <gtest/gtest.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

journal::Trial waiting_row(double throughput_rps) {
  journal::Trial trial;
  trial.params.load = {.connections = 1000, .request = "/wait/{fixed:100000}"};
  journal::ClientRow client;
  client.requests = client.replies_ok = 10'000;
  client.connections_open = client.connections_served = 1000;
  client.window_s = 1;
  client.throughput_rps = throughput_rps;
  trial.client = client;
  return trial;
}

TEST(DidNotWait, MoreRepliesThanConnectionsThatWaitCanGetVoidEverything) {
  EXPECT_EQ(void_reason(
                [] {
                  journal::Trial trial = waiting_row(10'500);
                  judge(trial);
                  return trial;
                }(),
                metric::kCpuPerRequest),
            "did-not-wait");
  EXPECT_FALSE(advice(reason::kDidNotWait).empty());
}

TEST(DidNotWait, TheCeilingItselfIsBelieved) {
  for (const double rps : {9'000.0, 10'000.0, 10'050.0}) EXPECT_TRUE(judge_validity(waiting_row(rps)).empty()) << rps;
  journal::Trial other = waiting_row(50'000);
  other.params.load.request = "/wait/{exponential:100000}";
  EXPECT_TRUE(judge_validity(other).empty()) << "their mean is known, and no single wait";
}

}  // namespace
}  // namespace bakeoff::validity

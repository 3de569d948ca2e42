// A back end runs on the load's CPUs: when it fills them together with the generator, the subject was not the limit.
#include <gtest/gtest.h>

#include "harness/journal/trial.h"
#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

TEST(BackEndValidity, ThroughputAndLatencyAreVoidWhereItFillsTheLoadsCpuTogetherWithTheGenerator) {
  journal::Trial trial;
  trial.load_cpus = {1};
  journal::ClientRow& client = trial.client.emplace();
  client.generators = {{.cpu = 1, .cpu_share = 0.5}};
  client.window_s = 1;
  client.replies_ok = 1000;
  client.throughput_rps = 1000;
  trial.subject_cost.emplace().cpu_share = 0.5;
  trial.back_end.emplace().cpu_us = 0.39e6;
  EXPECT_FALSE(judge_validity(trial).contains("throughput"));
  trial.back_end->cpu_us = 0.41e6;
  EXPECT_EQ(judge_validity(trial).at("throughput"), "generator-bound");
  EXPECT_EQ(judge_validity(trial).at("latency"), "generator-bound");
  EXPECT_FALSE(judge_validity(trial).contains("cpu_per_request"));
}

}  // namespace
}  // namespace bakeoff::validity

// Trials in slices: when too few of them were quiet.
#include <gtest/gtest.h>

#include "harness/journal/slices.h"
#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

using Voids = std::map<std::string, std::string>;

journal::Trial trial_in_slices(std::size_t slices) {
  journal::Trial trial;
  trial.client.emplace();
  trial.client->requests = trial.client->replies_ok = 100;
  trial.client->window_s = 0.4;
  trial.subject_cost.emplace();
  trial.subject_cost->cpu_share = 0.95;
  trial.slices.resize(slices);
  return trial;
}

TEST(SlicesValidity, ATrialWithoutEnoughQuietSlicesIsNoisyAndItsCpuIsJudgedAsAlways) {
  journal::Trial trial = trial_in_slices(4);
  trial.slices[1].left_out = trial.slices[2].left_out = true;
  EXPECT_EQ(judge_validity(trial), Voids{}) << "half of them are enough";
  trial.slices[3].left_out = true;
  EXPECT_EQ(judge_validity(trial), (Voids{{"throughput", "noisy"}, {"latency", "noisy"}}));
  EXPECT_EQ(journal::kept_slices(trial), 4U) << "all count then";
  trial.foreign_cpu_share = 0.3;
  EXPECT_EQ(judge_validity(trial).at("cpu_per_request"), "noisy");
}

TEST(SlicesValidity, ATrialInSlicesIsNeverReadLate) {
  journal::Trial trial = trial_in_slices(4);
  trial.subject_cost->cpu_window_s = 0.5;
  EXPECT_EQ(judge_validity(trial), Voids{}) << "nothing was on its way when it was read";
  trial.slices.clear();
  EXPECT_EQ(judge_validity(trial), (Voids{{"cpu_per_request", "read-late"}}));
}

}  // namespace
}  // namespace bakeoff::validity

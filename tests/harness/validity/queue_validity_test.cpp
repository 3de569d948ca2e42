// What came of a queue's trial, and which of its numbers may be believed.
#include <gtest/gtest.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

using journal::Outcome;
using VoidedMetrics = std::map<std::string, std::string>;

journal::Trial ten_jobs() {
  journal::Trial trial;
  trial.params.kind = journal::TrialKind::queue;
  trial.subject_cpus = {0};
  trial.queue = journal::QueueRow{.jobs = 10, .done = 10, .elapsed_s = 1, .jobs_per_s = 10};
  trial.subject_cost.emplace().cpu_us_per_request = 50;
  return trial;
}

TEST(QueueValidity, AllJobsDoneIsOk) {
  journal::Trial trial = ten_jobs();
  judge(trial);
  EXPECT_EQ(trial.outcome, Outcome::ok);
  EXPECT_EQ(trial.validity, VoidedMetrics{});
  EXPECT_TRUE(gives_valid_number(trial));
}

TEST(QueueValidity, AJobThatIsLostOrDoneTwiceIsAnErrorUnlessAWorkerWasKilled) {
  journal::Trial lost = ten_jobs();
  lost.queue->done = 9;
  lost.queue->lost = 1;
  journal::Trial twice = ten_jobs();
  twice.queue->done_twice = 2;
  for (journal::Trial trial : {lost, twice}) {
    trial.queue->kills = 1;
    judge(trial);
    EXPECT_EQ(trial.outcome, Outcome::ok);
    EXPECT_EQ(trial.validity, VoidedMetrics{});
  }
  judge(lost);
  EXPECT_EQ(lost.outcome, Outcome::errors);
  EXPECT_EQ(lost.outcome_detail, "1 of 10 jobs were lost");
  judge(twice);
  EXPECT_EQ(twice.outcome, Outcome::errors);
  EXPECT_EQ(twice.outcome_detail, "2 jobs were done twice");
  EXPECT_EQ(twice.validity, (VoidedMetrics{{"everything", "wrong-answers"}}));
}

TEST(QueueValidity, WrongRecordsVoidEverythingAlsoAfterAKill) {
  journal::Trial trial = ten_jobs();
  trial.queue->wrong = 1;
  trial.queue->kills = 1;
  judge(trial);
  EXPECT_EQ(trial.outcome, Outcome::errors);
  EXPECT_EQ(trial.outcome_detail, "1 wrong records");
  EXPECT_EQ(trial.validity, (VoidedMetrics{{"everything", "wrong-answers"}}));
  EXPECT_FALSE(gives_valid_number(trial));
}

TEST(QueueValidity, ARateThatTheWorkersDoNotKeepUpWithIsAnOverload) {
  journal::Trial trial = ten_jobs();
  trial.queue->offered_per_s = 10.5;
  judge(trial);
  EXPECT_EQ(trial.outcome, Outcome::ok) << "the last job ends after the last one was due";
  trial.queue->offered_per_s = 20;
  judge(trial);
  EXPECT_EQ(trial.outcome, Outcome::overloaded);
  EXPECT_EQ(trial.outcome_detail, "less than the offered rate was done");
}

TEST(QueueValidity, AQueueThatIsBusyItselfBoundsTheFigures) {
  journal::Trial trial = ten_jobs();
  trial.queue->queue_cpu_us = 0.95e6;
  trial.subject_cost->cpu_share = 0.5;
  judge(trial);
  EXPECT_EQ(trial.validity, (VoidedMetrics{{"throughput", "generator-bound"}, {"latency", "generator-bound"}}));
  trial.subject_cost->cpu_share = 0.95;
  judge(trial);
  EXPECT_EQ(trial.validity, VoidedMetrics{}) << "the subject is the limit";
}

TEST(QueueValidity, JobsThatAreLateByTheHarnessVoidThatPercentile) {
  journal::Trial trial = ten_jobs();
  trial.queue->latency_us["queue"] = {.p50 = 100, .p90 = 1000, .p99 = 1000, .p999 = 1000, .count = 10};
  trial.queue->latency_us["slip"] = {.p50 = 30, .p90 = 40, .p99 = 50, .p999 = 60, .count = 10};
  judge(trial);
  EXPECT_EQ(trial.validity, (VoidedMetrics{{"latency.p50", "slipped"}}));
}

}  // namespace
}  // namespace bakeoff::validity

// Which numbers of a job may be believed: with fewer units than it was asked for, without counting, on other CPUs.
#include <gmock/gmock.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

using VoidedMetrics = std::map<std::string, std::string>;

journal::Trial cramped(journal::TrialKind kind) {
  journal::Trial trial;
  trial.params.kind = kind;
  trial.job = journal::JobRow{.executor = "thread", .answer = 6, .answer_right = true, .elapsed_ns = 1000};
  trial.outcome = journal::Outcome::limit;
  judge(trial);
  return trial;
}

TEST(JobValidity, TheTimeOfFewerUnitsIsThatOfAPartOfTheWork) {
  const journal::Trial trial = cramped(journal::TrialKind::job);
  EXPECT_EQ(trial.validity, (VoidedMetrics{{"elapsed", "part-of-the-work"}, {"cpu", "part-of-the-work"}}));
  EXPECT_EQ(trial.outcome, journal::Outcome::limit);
  EXPECT_TRUE(gives_valid_number(trial)) << "how many units there were";
}

TEST(JobValidity, AProbeLeavesOutWhatItDidNotReach) {
  EXPECT_EQ(cramped(journal::TrialKind::probe).validity, VoidedMetrics{});
}

TEST(JobValidity, ACountOfMoreThanAStepPerCycleWasNotCounted) {
  for (const char* job : {"count", "shared-count"}) {
    journal::Trial trial;
    trial.params.kind = journal::TrialKind::job;
    trial.workload = job;
    trial.params.job_size = 6000;
    trial.job = journal::JobRow{.executor = "java", .answer = 6000, .answer_right = true, .elapsed_ns = 1000};
    judge(trial);
    EXPECT_EQ(trial.validity, VoidedMetrics{}) << job;
    trial.params.job_size = 6001;
    judge(trial);
    EXPECT_EQ(trial.validity, (VoidedMetrics{{"everything", "not-counted"}})) << job;
    trial.workload = "amdahl";
    judge(trial);
    EXPECT_EQ(trial.validity, VoidedMetrics{});
  }
}

TEST(JobValidity, ARuntimeThatSeesOtherCpusThanItWasGivenVoidsItsRow) {
  journal::Trial trial;
  trial.params.kind = journal::TrialKind::job;
  trial.job = journal::JobRow{.executor = "go", .answer = 6, .answer_right = true, .elapsed_ns = 1000};
  trial.subject_cpus = {0};
  trial.runtime.emplace().cpus = 1;
  judge(trial);
  EXPECT_EQ(trial.validity, VoidedMetrics{});
  EXPECT_EQ(trial.outcome_detail, "");
  trial.runtime->cpus = 2;
  judge(trial);
  EXPECT_EQ(trial.validity, (VoidedMetrics{{"everything", "unseen-cpus"}}));
  EXPECT_EQ(trial.outcome_detail, "the runtime saw 2 of 1 CPUs");
  trial.runtime->cpus.reset();
  judge(trial);
  EXPECT_EQ(trial.validity, VoidedMetrics{}) << "not all runtimes know";
}

}  // namespace
}  // namespace bakeoff::validity

// Which numbers of a job may be believed that ran with fewer units than it was asked to.
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

}  // namespace
}  // namespace bakeoff::validity

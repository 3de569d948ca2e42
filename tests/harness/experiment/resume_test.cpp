// What may change between a run that was cut off and the one that goes on with it.
#include "harness/experiment/resume.h"

#include <gmock/gmock.h>

#include "tests/harness/fixtures/full_row.h"

namespace bakeoff::experiment {
namespace {

using testing::HasSubstr;

journal::Manifest manifest() {
  journal::Manifest manifest;
  manifest.experiment_hash = "sha1:e";
  manifest.harness_hash = "sha1:h";
  manifest.subject_hash = "sha1:s";
  manifest.subjects = {"threads", "fibers"};
  manifest.tables = {"echo"};
  manifest.machine.host = "one";
  manifest.machine.kernel = "6.1";
  manifest.subject_cpus = {0};
  manifest.load_cpus = {1};
  return manifest;
}

TEST(Resume, NothingHasChangedWhenOnlyTheLengthHas) {
  journal::Manifest now = manifest();
  now.blocks = 20;
  now.precision = 0.01;
  now.budget_s = 7;
  now.started_at = "later";
  now.machine.load_average = 3;
  EXPECT_EQ(what_changed(manifest(), now), "");
}

TEST(Resume, NamesEverythingThatChangedWithBothValues) {
  journal::Manifest now = manifest();
  now.experiment_hash = "sha1:f";
  now.subject_hash = "sha1:t";
  EXPECT_EQ(what_changed(manifest(), now),
            "experiment file: began with sha1:e, now sha1:f; subject executable: began with sha1:s, now sha1:t");
}

TEST(Resume, HoldsProgramsSelectionAndMachineAlike) {
  const auto changed = [](auto change) {
    journal::Manifest now = manifest();
    change(now);
    return what_changed(manifest(), now);
  };
  EXPECT_THAT(changed([](journal::Manifest& now) { now.harness_hash = "x"; }), HasSubstr("harness executable"));
  EXPECT_THAT(changed([](journal::Manifest& now) { now.against_hash = "x"; }),
              HasSubstr("other build: began with none"));
  EXPECT_THAT(changed([](journal::Manifest& now) { now.subjects = {"threads"}; }),
              HasSubstr("subjects: began with threads,fibers, now threads"));
  EXPECT_THAT(changed([](journal::Manifest& now) { now.tables.emplace_back("http"); }), HasSubstr("tables"));
  EXPECT_THAT(changed([](journal::Manifest& now) { now.machine.host = "two"; }), HasSubstr("host"));
  EXPECT_THAT(changed([](journal::Manifest& now) { now.machine.kernel = "6.2"; }), HasSubstr("kernel"));
  EXPECT_THAT(changed([](journal::Manifest& now) {
                now.load_cpus = {1, 2};
              }),
              HasSubstr("load CPUs: began with 1, now 1-2"));
}

TEST(Resume, CountsTheAttemptsOfEachTrialAndWhetherTheLastWasNoisy) {
  journal::Trial first = test::full_row();
  first.attempt = 1;
  first.validity = {{"latency", "noisy"}};
  journal::Trial second = first;
  second.attempt = 2;
  second.validity = {{"latency", "slipped"}};
  journal::Trial other = first;
  other.trial_id = "other";
  const std::vector<journal::Trial> rows{second, first, other};
  EarlierTrials before = earlier_trials(rows);
  EXPECT_EQ(before.size(), 2U);
  EXPECT_EQ(before[first.trial_id].attempts, 2);
  EXPECT_FALSE(before[first.trial_id].noisy) << "slipped is nobody else's doing";
  EXPECT_EQ(before["other"].attempts, 1);
  EXPECT_TRUE(before["other"].noisy);
}

}  // namespace
}  // namespace bakeoff::experiment

// The notes on scaling, of rows whose times are exact.
#include "harness/report/scaling_notes.h"
#include "harness/report/caption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/report/figures.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct MeasuredRun {
  std::string subject;
  double elapsed_ms;
};

class ScalingNotes : public testing::Test {
 protected:
  void ran(const std::string& job, std::size_t cpus, const std::vector<MeasuredRun>& subjects) {
    const journal::Trial example = test::count_rows(1).front();
    for (int block = 0; block < 3; ++block) {
      for (const auto& [subject, elapsed_ms] : subjects) {
        journal::Trial trial = example;
        trial.workload = trial.table = job;
        trial.subject = subject;
        trial.block = block;
        trial.subject_cpus.assign(cpus, 0);
        // Blocks differ, and their ratios do not.
        trial.job->elapsed_ns = static_cast<std::uint64_t>(elapsed_ms * 1e6 * (1 + block));
        rows_.push_back(trial);
      }
    }
  }
  Grid grid() const {
    std::vector<const journal::Trial*> trials;
    for (const journal::Trial& row : rows_) trials.push_back(&row);
    return make_grid(trials, {});
  }
  std::vector<std::string> notes() const { return scaling_notes(grid()); }
  std::vector<journal::Trial> rows_;
};

TEST_F(ScalingNotes, OnTwoCpusTellTheSerialShareOfTwoUnits) {
  ran("sha256", 2, {{"thread:units=4", 55}, {"thread:units=1", 100}, {"thread:units=2", 55}});
  EXPECT_THAT(
      notes(),
      ElementsAre("thread: speed-up 1, 1.82, 1.82 at 1, 2, 4 units against one; with 2 units on 2 CPUs Amdahl's "
                  "law gives a serial share of 10.0 %"));
}

TEST_F(ScalingNotes, WithEnoughCpusTellTheCurve) {
  // n / C(n) with sigma 0.1 and kappa 0.01: 1.12, 1.42 and 2.26; the time is that over n.
  ran("sha256", 8,
      {{"thread:units=1", 1000}, {"thread:units=2", 560}, {"thread:units=4", 355}, {"thread:units=8", 282.5}});
  EXPECT_THAT(notes(), ElementsAre(HasSubstr("up to 8 units on 8 CPUs Amdahl's law gives a serial share of ")));
  EXPECT_THAT(notes(), ElementsAre(HasSubstr("sigma 0.1, kappa 0.01")));
}

TEST_F(ScalingNotes, KeepSubjectsWithOtherSettingsApart) {
  ran("amdahl", 2,
      {{"thread:units=1:serial=0", 100},
       {"thread:units=2:serial=0", 50},
       {"thread:serial=50:units=1", 100},
       {"thread:serial=50:units=2", 75},
       {"process:units=1", 100},
       {"process:units=2", 110},
       {"fiber:units=2", 50}});
  EXPECT_THAT(
      notes(),
      ElementsAre(
          "thread:serial=0: speed-up 1, 2.00 at 1, 2 units against one; with 2 units on 2 CPUs Amdahl's law gives a "
          "serial share of 0.0 %",
          "thread:serial=50: speed-up 1, 1.33 at 1, 2 units against one; with 2 units on 2 CPUs Amdahl's law gives "
          "a serial share of 50.0 %",
          "process: speed-up 1, 0.91 at 1, 2 units against one; with 2 units on 2 CPUs no faster than one"));
}

TEST_F(ScalingNotes, TellHowWellASpeedUpAndItsShareAreKnown) {
  const journal::Trial example = test::count_rows(1).front();
  for (int block = 0; block < 8; ++block) {
    for (const int units : {1, 2}) {
      journal::Trial trial = example;
      trial.workload = trial.table = "sha256";
      trial.subject = "thread:units=" + std::to_string(units);
      trial.block = block;
      trial.subject_cpus.assign(2, 0);
      // Between 1.6 and 1.95 times as fast.
      trial.job->elapsed_ns = units == 1 ? 1'000'000'000U : static_cast<std::uint64_t>(1e9 / (1.6 + 0.05 * block));
      rows_.push_back(trial);
    }
  }
  EXPECT_THAT(notes(), ElementsAre("thread: speed-up 1, 1.77 [1.60, 1.95] at 1, 2 units against one; with 2 units on 2 "
                                   "CPUs Amdahl's law gives a serial share of 12.7 % [2.6, 25.0]"));
}

TEST_F(ScalingNotes, OnOneCpuTellTheSpeedUpAlone) {
  ran("sha256", 1, {{"thread:units=1", 100}, {"thread:units=2", 101}});
  EXPECT_THAT(notes(), ElementsAre("thread: speed-up 1, 0.99 at 1, 2 units against one"));
}

TEST_F(ScalingNotes, TellTheSpeedUpInWorkWhereEachUnitDoesAllOfIt) {
  ran("count", 2, {{"thread:units=1", 100}, {"thread:units=2", 100}, {"ruby:units=1", 100}, {"ruby:units=2", 200}});
  EXPECT_THAT(notes(), ElementsAre("thread: speed-up in work 1, 2.00 at 1, 2 units against one",
                                   "ruby: speed-up in work 1, 1.00 at 1, 2 units against one"));
}

TEST_F(ScalingNotes, SayNothingOfAJobWhoseUnitsOnlyWait) {
  ran("sleepers", 2, {{"thread:units=1", 100}, {"thread:units=2", 100}});
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(ScalingNotes, SayNothingOfASubjectAlone) {
  ran("sha256", 2, {{"thread:units=1", 100}, {"process:units=2", 50}, {"pool", 50}});
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(ScalingNotes, ATableOfSeveralNumbersOfUnitsHasNoneInItsCaption) {
  ran("sha256", 2, {{"thread:units=2", 100}, {"process:units=2", 100}});
  EXPECT_THAT(caption(grid(), "sha256"), HasSubstr(" · 2 units · "));
  rows_.back().params.units = 4;
  EXPECT_THAT(caption(grid(), "sha256"), testing::Not(HasSubstr("unit")));
}

TEST_F(ScalingNotes, ASpeedUpIsVoidWithItsTimeAndALawIsNot) {
  ran("amdahl", 2, {{"thread:units=2", 100}});
  for (journal::Trial& row : rows_)
    row.job->figures = {{"elapsed_ms", 100}, {"cpu_ms", 90}, {"speedup", 1.5}, {"amdahl_speedup", 2}};
  const Grid made = grid();
  const auto figure = [&](const std::string& key) { return *std::ranges::find(made.figures, key, &Figure::key); };
  EXPECT_EQ(figure("speedup").metric, figure("elapsed_ms").metric);
  EXPECT_TRUE(figure("speedup").more_is_better);
  EXPECT_EQ(figure("amdahl_speedup").metric, "");
  EXPECT_TRUE(figure("amdahl_speedup").more_is_better);
  EXPECT_EQ(figure("cpu_ms").title, "CPU ms");
  EXPECT_EQ(figure("cpu_ms").metric, "cpu");
}

}  // namespace
}  // namespace bakeoff::report

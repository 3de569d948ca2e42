#include "harness/experiment/runner.h"

#include <gmock/gmock.h>

namespace bakeoff {
namespace {

using testing::ElementsAre;

/// Two tables of two blocks with two subjects: eight trials.
Plan small_plan() {
  Spec spec;
  spec.name = "small";
  spec.subjects = {"a", "b"};
  spec.baseline = "a";
  spec.blocks = 2;
  TableSpec table;
  table.workload = table.name = "echo";
  spec.tables.push_back(table);
  table.workload = table.name = "http";
  spec.tables.push_back(table);
  return make_plan(spec);
}

/// Counts the trials and takes a second for each on a clock of its own.
struct Fake {
  explicit Fake(int stop_after = 1000) : stop_after_(stop_after) {}
  Hands hands() {
    return {[this](const PlannedTrial& next) {
              if (static_cast<int>(ids.size()) == stop_after_) return false;
              ids.push_back(next.trial_id);
              now += 1;
              return true;
            },
            [this](const TableSpec& table) { tables.push_back(table.name); }, [this] { return now; }};
  }
  std::vector<std::string> ids, tables;
  double now = 0;

 private:
  int stop_after_;
};

TEST(Runner, RunsEveryTrialInThePlansOrderAndShowsEachTableOnce) {
  const Plan plan = small_plan();
  Fake fake;
  EXPECT_EQ(run_plan(plan, fake.hands()), Stopped::complete);
  std::vector<std::string> planned;
  for (const PlannedTrial& trial : plan.trials) planned.push_back(trial.trial_id);
  EXPECT_EQ(fake.ids, planned);
  EXPECT_THAT(fake.tables, ElementsAre("echo", "http"));
}

TEST(Runner, BeginsTheFirstBlockEvenWhenTheBudgetIsSpentBeforeIt) {
  Plan plan = small_plan();
  plan.spec.budget_s = 0.5;
  Fake fake;
  fake.now = 1;
  EXPECT_EQ(run_plan(plan, fake.hands()), Stopped::budget);
  EXPECT_EQ(fake.ids.size(), 2U);
}

TEST(Runner, BeginsNoNewBlockWhenTheBudgetIsSpentButFinishesTheOneItIsIn) {
  Plan plan = small_plan();
  plan.spec.budget_s = 2.5;
  Fake fake;
  EXPECT_EQ(run_plan(plan, fake.hands()), Stopped::budget);
  EXPECT_EQ(fake.ids.size(), 4U);
  EXPECT_THAT(fake.tables, ElementsAre("echo"));
}

TEST(Runner, StopsAtOnceWhenTheUserAsksForIt) {
  Fake fake(3);
  EXPECT_EQ(run_plan(small_plan(), fake.hands()), Stopped::interrupted);
  EXPECT_EQ(fake.ids.size(), 3U);
  EXPECT_TRUE(fake.tables.empty());
}

}  // namespace
}  // namespace bakeoff

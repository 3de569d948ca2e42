#include "harness/experiment/plan_runner.h"

#include <gmock/gmock.h>

#include <functional>
#include <set>

#include "tests/harness/fixtures/two_tables.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;

/// Two tables with two subjects; with a precision up to 12 blocks.
Plan small_plan(std::uint64_t blocks = 2, std::optional<double> precision = {}) {
  Spec spec = test::two_tables();
  spec.baseline = "a";
  spec.blocks = blocks;
  spec.most_blocks = 12;
  spec.precision = precision;
  return make_plan(spec);
}

/// Counts the trials and takes a second for each on a clock of its own.
struct Fake {
  explicit Fake(int stop_after = 1000) : stop_after_(stop_after) {}
  RunCallbacks callbacks() {
    return {.trial = [this](const PlannedTrial& next, int attempt) -> TrialStatus {
              if (static_cast<int>(ids.size()) == stop_after_) return {.begun = false};
              ids.push_back(next.trial_id + (attempt > 1 ? "#" + std::to_string(attempt) : ""));
              orders.push_back(next.order);
              now += seconds(next);
              return {.begun = true, .noisy = noisy.contains(next.trial_id)};
            },
            .check_precision =
                [this](const TableSpec& table, std::uint64_t blocks) {
                  looks.push_back(table.name + "@" + std::to_string(blocks));
                  return precision(table, blocks);
                },
            .table_done = [this](const TableSpec& table) { tables.push_back(table.name); },
            .elapsed_s = [this] { return now; }};
  }
  std::vector<std::string> ids, tables, looks;
  std::vector<int> orders;
  std::set<std::string> noisy;  ///< However often they run.
  std::function<double(const PlannedTrial&)> seconds = [](const PlannedTrial&) { return 1.0; };
  std::function<Precision(const TableSpec&, std::uint64_t)> precision = [](const TableSpec&, std::uint64_t) {
    return Precision::not_yet;
  };
  double now = 0;

 private:
  int stop_after_;
};

std::vector<std::string> ids_of(const Plan& plan) {
  std::vector<std::string> planned;
  for (const PlannedTrial& trial : plan.trials) planned.push_back(trial.trial_id);
  return planned;
}

std::vector<std::uint64_t> blocks_of(const std::vector<TableEnd>& ends) {
  std::vector<std::uint64_t> blocks;
  for (const TableEnd& end : ends) blocks.push_back(end.blocks);
  return blocks;
}

TEST(Runner, RunsEveryTrialInThePlansOrderAndShowsEachTableOnce) {
  const Plan plan = small_plan();
  Fake fake;
  EXPECT_EQ(overall_stop_reason(run_plan(plan, fake.callbacks())), StopReason::blocks);
  EXPECT_EQ(fake.ids, ids_of(plan));
  EXPECT_THAT(fake.tables, ElementsAre("echo", "http"));
  EXPECT_TRUE(fake.looks.empty()) << "no precision was asked for";
}

/// The two tables as points of one sweep.
Plan swept_plan(std::uint64_t blocks) {
  Spec spec = small_plan(blocks).spec;
  for (TableSpec& table : spec.tables) table.point = PlaceInSweep{.sweep = "s", .key = "connections", .value = 1};
  return make_plan(spec);
}

TEST(Runner, HasThePointsOfASweepTakeTurnsAndEndTogether) {
  const Plan plan = swept_plan(3);
  Fake fake;
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_EQ(fake.ids, ids_of(plan));
  EXPECT_TRUE(fake.ids[2].starts_with("http-b00")) << fake.ids[2];
  EXPECT_TRUE(fake.ids[4].starts_with("echo-b01")) << fake.ids[4];
  EXPECT_THAT(blocks_of(ends), ElementsAre(3, 3));
  EXPECT_THAT(fake.tables, ElementsAre("echo", "http"));
}

TEST(Runner, GivesThePointsOfASweepAsManyBlocksAsABudgetAllowsForBoth) {
  Plan plan = swept_plan(10);
  plan.spec.budget_s = 11;
  Fake fake;
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_THAT(blocks_of(ends), ElementsAre(3, 3)) << "a block takes 2 seconds; the sixth begins after 10";
  EXPECT_EQ(overall_stop_reason(ends), StopReason::budget);
}

TEST(Runner, BeginsTheFirstBlockEvenWhenTheBudgetIsSpentBeforeIt) {
  Plan plan = small_plan();
  plan.spec.budget_s = 0.5;
  Fake fake;
  fake.now = 1;
  EXPECT_EQ(overall_stop_reason(run_plan(plan, fake.callbacks())), StopReason::budget);
  EXPECT_EQ(fake.ids.size(), 2U);
}

TEST(Runner, GivesEveryTableItsShareOfABudgetThatIsTooSmallForAll) {
  Plan plan = small_plan(6);
  plan.spec.budget_s = 11.5;  // All blocks would take 24 s.
  Fake fake;
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_EQ(overall_stop_reason(ends), StopReason::budget);
  EXPECT_THAT(blocks_of(ends), ElementsAre(3, 3));
  EXPECT_THAT(fake.tables, ElementsAre("echo", "http"));
}

TEST(Runner, GoesBackToATableThatMadeWayForOthersWhichTookLessThanExpected) {
  Plan plan = small_plan(6);
  plan.spec.budget_s = 15;
  Fake fake;
  // As expected before anything ran, http would need as long as echo does; it is ten times as fast.
  plan.spec.tables[1].window_s = 1 + plan.spec.tables[0].window_s;
  fake.seconds = [](const PlannedTrial& trial) { return trial.table == 0 ? 1.0 : 0.1; };
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_THAT(blocks_of(ends), ElementsAre(6, 6));
  EXPECT_EQ(overall_stop_reason(ends), StopReason::blocks);
  EXPECT_EQ(fake.ids.back().substr(0, 4), "echo") << "echo waited for http, and went on";
}

TEST(Runner, ExpectsOfTablesThatHaveNotRunWhatOthersOfTheirKindTookLongerThanExpected) {
  Plan plan = small_plan(6);
  plan.spec.budget_s = 45.1;
  Fake fake;
  fake.seconds = [](const PlannedTrial&) { return 2.4; };
  ASSERT_LT(estimate_s(plan.spec, 6), 33);
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_THAT(blocks_of(ends), ElementsAre(5, 5)) << "by the estimate there would be time for a sixth block of echo";
}

TEST(Runner, BeginsNoNewBlockWhenTheBudgetIsSpentButFinishesTheOneItIsIn) {
  Plan plan = small_plan();
  plan.spec.budget_s = 0.5;
  Fake fake;
  EXPECT_EQ(overall_stop_reason(run_plan(plan, fake.callbacks())), StopReason::budget);
  EXPECT_EQ(fake.ids.size(), 2U);
}

TEST(Runner, StopsAtOnceWhenTheUserAsksForIt) {
  Fake fake(3);
  const auto ends = run_plan(small_plan(), fake.callbacks());
  EXPECT_EQ(overall_stop_reason(ends), StopReason::interrupted);
  EXPECT_THAT(blocks_of(ends), ElementsAre(1, 0));
  EXPECT_EQ(fake.ids.size(), 3U);
  EXPECT_TRUE(fake.tables.empty());
}

TEST(Runner, RepeatsANoisyTrialOnceAtTheEndOfItsBlock) {
  const Plan plan = small_plan();
  Fake fake;
  fake.noisy = {plan.trials[0].trial_id};
  run_plan(plan, fake.callbacks());
  ASSERT_EQ(fake.ids.size(), 9U);
  EXPECT_EQ(fake.ids[2], plan.trials[0].trial_id + "#2");
  EXPECT_EQ(fake.orders[2], 2) << "behind the two of the block";
  EXPECT_EQ(fake.ids[3], plan.trials[2].trial_id);
}

TEST(Runner, TakesAGroupToBeAsManyBlocksAsTheTableHasSubjects) {
  Plan plan = small_plan(1, 0.02);
  plan.spec.subjects = {"a", "b", "c"};
  plan.spec.tables[1].subjects = {"b"};
  plan.spec.most_blocks = 3;
  plan = make_plan(plan.spec);
  Fake fake;
  run_plan(plan, fake.callbacks());
  EXPECT_THAT(fake.looks, ElementsAre("echo@3", "http@1", "http@2", "http@3"));
  EXPECT_EQ(fake.ids.size(), 3U * 3 + 3U);
}

TEST(Runner, EndsATableWhenThePrecisionIsReachedAndLooksOnlyAfterWholeGroupsOfBlocks) {
  Plan plan = small_plan(4, 0.02);
  Fake fake;
  fake.precision = [](const TableSpec& table, std::uint64_t blocks) {
    return table.name == "echo" && blocks >= 6 ? Precision::reached : Precision::not_yet;
  };
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_THAT(blocks_of(ends), ElementsAre(6, 12));
  EXPECT_EQ(ends[0].why, StopReason::precision);
  EXPECT_EQ(ends[1].why, StopReason::blocks);
  EXPECT_THAT(fake.looks, ElementsAre("echo@4", "echo@6", "http@4", "http@6", "http@8", "http@10", "http@12"));
}

TEST(Runner, DoesNotGoOnForAPrecisionThatNoNumberOfBlocksCanReach) {
  const Plan plan = small_plan(4, 0.02);
  Fake fake;
  fake.precision = [](const TableSpec&, std::uint64_t) { return Precision::hopeless; };
  EXPECT_THAT(blocks_of(run_plan(plan, fake.callbacks())), ElementsAre(4, 4));
}

TEST(Runner, SharesABudgetAmongTablesThatWantAPrecision) {
  Plan plan = small_plan(4, 0.02);
  plan.spec.budget_s = 31;
  Fake fake;
  const auto ends = run_plan(plan, fake.callbacks());
  EXPECT_EQ(overall_stop_reason(ends), StopReason::budget);
  EXPECT_NEAR(static_cast<double>(ends[0].blocks), static_cast<double>(ends[1].blocks), 1.1);
  EXPECT_GE(ends[0].blocks + ends[1].blocks, 15U) << "what one table leaves the other gets";
}

TEST(Runner, GoesOnWhereARunWasCutOffAndRunsNothingTwice) {
  const Plan plan = small_plan(3);
  const std::vector<std::string> all = ids_of(plan);
  for (int cut = 0; cut <= static_cast<int>(all.size()); ++cut) {
    Fake first(cut);
    run_plan(plan, first.callbacks());
    EarlierTrials before;
    for (const std::string& id : first.ids) before[id].attempts = 1;
    Fake second;
    const auto ends = run_plan(plan, second.callbacks(), before);
    std::vector<std::string> together = first.ids;
    together.insert(together.end(), second.ids.begin(), second.ids.end());
    EXPECT_EQ(together, all) << "cut after " << cut;
    EXPECT_THAT(blocks_of(ends), ElementsAre(3, 3));
    EXPECT_THAT(second.tables, ElementsAre("echo", "http"));
  }
}

TEST(Runner, RepeatsWhatWasNoisyBeforeTheCutWhenItWasNotRepeatedYet) {
  const Plan plan = small_plan();
  EarlierTrials before;
  before[plan.trials[0].trial_id] = {.attempts = 1, .noisy = true};
  before[plan.trials[1].trial_id] = {.attempts = 2, .noisy = true};
  Fake fake;
  run_plan(plan, fake.callbacks(), before);
  ASSERT_EQ(fake.ids.size(), 7U);
  EXPECT_EQ(fake.ids[0], plan.trials[0].trial_id + "#2");
}

TEST(Runner, AResumedRunEndsItsTablesWhereTheFirstDid) {
  Plan plan = small_plan(4, 0.02);
  const auto reached_at_six = [](const TableSpec&, std::uint64_t blocks) {
    return blocks >= 6 ? Precision::reached : Precision::not_yet;
  };
  Fake whole;
  whole.precision = reached_at_six;
  const auto ends = run_plan(plan, whole.callbacks());
  EarlierTrials before;
  for (const std::string& id : whole.ids) before[id].attempts = 1;
  Fake resumed;
  resumed.precision = reached_at_six;
  EXPECT_EQ(blocks_of(run_plan(plan, resumed.callbacks(), before)), blocks_of(ends));
  EXPECT_TRUE(resumed.ids.empty());
}

/// Measures whole blocks, and says of each attempt whether it was noisy.
struct FakeBlocks : Fake {
  RunCallbacks callbacks() {
    RunCallbacks all = Fake::callbacks();
    all.block = [this](std::span<const PlannedTrial> block, int attempt) -> std::vector<TrialStatus> {
      if (!at_once) return {};
      blocks.push_back(block.front().trial_id.substr(0, 5) + "#" + std::to_string(attempt));
      if (blocks.size() == stop_after) return {{.begun = false}};
      std::vector<TrialStatus> statuses(block.size());
      statuses.front().noisy = noisy_attempts.contains(blocks.back());
      now += 1;
      return statuses;
    };
    return all;
  }
  bool at_once = true;
  std::size_t stop_after = 1000;
  std::set<std::string> noisy_attempts;
  std::vector<std::string> blocks;
};

TEST(Runner, ABlockIsMeasuredAtOnceWhereItCanBeAndOtherwiseTrialByTrial) {
  const Plan plan = small_plan();
  FakeBlocks together;
  EXPECT_THAT(blocks_of(run_plan(plan, together.callbacks())), ElementsAre(2U, 2U));
  EXPECT_EQ(together.blocks.size(), 4U);
  EXPECT_TRUE(together.ids.empty());
  FakeBlocks apart;
  apart.at_once = false;
  run_plan(plan, apart.callbacks());
  EXPECT_EQ(apart.ids, ids_of(plan));
}

TEST(Runner, ABlockWithANoisyTrialIsMeasuredOnceMoreAsAWhole) {
  FakeBlocks fake;
  const Plan plan = small_plan(1);
  const std::string first = plan.trials.front().trial_id.substr(0, 5);
  fake.noisy_attempts = {first + "#1", first + "#2"};
  run_plan(plan, fake.callbacks());
  ASSERT_EQ(fake.blocks.size(), 3U);
  EXPECT_EQ(fake.blocks[0], first + "#1");
  EXPECT_EQ(fake.blocks[1], first + "#2") << "and not a third time";
}

TEST(Runner, ABlockThatWasCutOffIsMeasuredOnceMoreAsAWhole) {
  const Plan plan = small_plan(1);
  const std::string one = plan.trials[0].trial_id, other = plan.trials[1].trial_id, first = one.substr(0, 5);
  FakeBlocks within;
  run_plan(plan, within.callbacks(), {{one, {.attempts = 1}}});
  EXPECT_EQ(within.blocks.at(0), first + "#2");
  FakeBlocks before_its_repeat;
  run_plan(plan, before_its_repeat.callbacks(), {{one, {.attempts = 1, .noisy = true}}, {other, {.attempts = 1}}});
  EXPECT_EQ(before_its_repeat.blocks.at(0), first + "#2");
  FakeBlocks whole;
  run_plan(plan, whole.callbacks(), {{one, {.attempts = 1}}, {other, {.attempts = 1}}});
  EXPECT_EQ(whole.blocks.size(), 1U) << "the other table's";
}

TEST(Runner, ABlockWhoseSubjectsTurnOutToDisturbEachOtherIsRepeatedTrialByTrial) {
  FakeBlocks fake;
  const Plan plan = small_plan(1);
  fake.noisy_attempts = {plan.trials.front().trial_id.substr(0, 5) + "#1"};
  RunCallbacks callbacks = fake.callbacks();
  const auto block = callbacks.block;
  callbacks.block = [&](std::span<const PlannedTrial> trials, int attempt) {
    if (attempt == 2) fake.at_once = false;
    return block(trials, attempt);
  };
  run_plan(plan, callbacks);
  EXPECT_EQ(fake.ids.at(0), plan.trials[0].trial_id + "#2");
  EXPECT_EQ(fake.ids.at(1), plan.trials[1].trial_id + "#2");
}

TEST(Runner, AnInterruptInABlockEndsTheRun) {
  FakeBlocks fake;
  fake.stop_after = 2;
  EXPECT_EQ(overall_stop_reason(run_plan(small_plan(), fake.callbacks())), StopReason::interrupted);
  EXPECT_EQ(fake.blocks.size(), 2U);
}

}  // namespace
}  // namespace bakeoff::experiment

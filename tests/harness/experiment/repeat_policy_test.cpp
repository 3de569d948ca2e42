// When noisy trials are run once more, and when that is given up.
#include "harness/experiment/repeat_policy.h"

#include <gmock/gmock.h>

#include <functional>
#include <random>
#include <set>

#include "harness/experiment/plan_runner.h"
#include "harness/experiment/resume.h"
#include "harness/report/report_info.h"
#include "tests/harness/fixtures/two_tables.h"

namespace bakeoff::experiment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(RepeatPolicy, AreGivenUpAfterFourInARowThatWereNoisyAgain) {
  RepeatPolicy repeats;
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(repeats.worthwhile()) << i;
    repeats.first_attempt(true);
    repeats.repeated(true);
  }
  EXPECT_FALSE(repeats.worthwhile());
  repeats.first_attempt(true);
  EXPECT_FALSE(repeats.worthwhile()) << "another noisy trial shows nothing new";
}

TEST(RepeatPolicy, AQuietOneMakesThemWorthWhileAsAtTheBeginning) {
  RepeatPolicy repeats;
  for (const bool noisy : {true, true, true, false, true, true, true}) repeats.repeated(noisy);
  EXPECT_TRUE(repeats.worthwhile());
  repeats.repeated(true);
  EXPECT_FALSE(repeats.worthwhile());
}

TEST(RepeatPolicy, AQuietTrialBuysOneMoreAndNotFour) {
  RepeatPolicy repeats;
  for (int i = 0; i < 4; ++i) repeats.repeated(true);
  repeats.first_attempt(false);
  EXPECT_TRUE(repeats.worthwhile());
  repeats.repeated(true);
  EXPECT_FALSE(repeats.worthwhile());
  repeats.first_attempt(false);
  repeats.repeated(false);
  for (int i = 0; i < 3; ++i) repeats.repeated(true);
  EXPECT_TRUE(repeats.worthwhile());
}

TEST(RepeatPolicy, QuietTrialsBeforeItIsGivenUpDoNotStretchIt) {
  RepeatPolicy repeats;
  for (int i = 0; i < 4; ++i) {
    repeats.first_attempt(false);
    repeats.repeated(true);
  }
  EXPECT_FALSE(repeats.worthwhile());
}

TEST(RepeatPolicy, ARepeatThatDidNotRunIsNoQuietOne) {
  RepeatPolicy repeats;
  for (int i = 0; i < 3; ++i) repeats.repeated(true);
  count_attempt(repeats, {.begun = true, .noisy = false, .measured = false}, 2);
  count_attempt(repeats, {.begun = true, .noisy = true, .measured = true}, 2);
  EXPECT_FALSE(repeats.worthwhile());
}

TEST(RepeatPolicy, ATrialWhoseLoadFailedIsRunAgainAndSaysNothingOfNoise) {
  journal::Trial row;
  row.validity = {{"everything", "load-failed"}};
  EXPECT_TRUE(trial_status(row).noisy) << "it is repeated";
  EXPECT_FALSE(trial_status(row).measured);
}

Plan plan_of(std::uint64_t blocks) {
  Spec spec = test::two_tables();
  spec.blocks = spec.most_blocks = blocks;
  return make_plan(spec);
}

/// Runs a plan, with one second per trial; rows as a journal would have them.
struct FakeRun {
  std::function<bool(std::size_t)> noisy;  ///< Whether the trial that is run as the n-th is.
  std::vector<journal::Trial> rows{};
  std::vector<bool> told{};
  double budget_s = 1e9;

  std::vector<TableEnd> go(Plan plan, std::size_t stop_after = SIZE_MAX) {
    plan.spec.budget_s = budget_s;
    const RunCallbacks callbacks{.trial = [&](const PlannedTrial& next, int attempt) -> TrialStatus {
                                   if (rows.size() >= stop_after) return {.begun = false};
                                   journal::Trial row;
                                   row.trial_id = next.trial_id;
                                   row.attempt = attempt;
                                   row.table = plan.spec.tables[next.table].name;
                                   row.block = static_cast<int>(next.block);
                                   row.client.emplace();
                                   if (noisy(rows.size())) row.validity = {{"throughput", "noisy"}};
                                   rows.push_back(row);
                                   return trial_status(rows.back());
                                 },
                                 .check_precision = [](const TableSpec&, std::uint64_t) { return Precision::not_yet; },
                                 .table_done = [](const TableSpec&) {},
                                 .elapsed_s = [&] { return static_cast<double>(rows.size()); },
                                 .repeating_changed = [&](bool worth) { told.push_back(worth); }};
    return run_plan(plan, callbacks, earlier_trials(rows), repeats_before(rows));
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const journal::Trial& row : rows) names.push_back(row.trial_id + "#" + std::to_string(row.attempt));
    return names;
  }
  std::size_t repeated() const { return count_repeats(rows).repeated; }
};

TEST(RepeatPolicy, LastingNoiseCostsARunFourOfThemAndNotAsManyAsTrials) {
  FakeRun run{.noisy = [](std::size_t) { return true; }};
  run.budget_s = 26;  // What the 24 trials of all blocks take, and a little.
  const auto ends = run.go(plan_of(6));
  EXPECT_EQ(run.repeated(), 4U);
  EXPECT_EQ(ends[0].blocks + ends[1].blocks, 12U) << "the blocks that the budget has room for were measured";
  EXPECT_THAT(run.told, ElementsAre(false));
  EXPECT_EQ(count_repeats(run.rows).left, 20U);
}

TEST(RepeatPolicy, NoiseThatPassesIsRepeatedAndOnceItHasPassedSoIsALaterOne) {
  // Noise over the first twelve trials, then quiet but for the 21st.
  FakeRun run{.noisy = [](std::size_t n) { return n < 12 || n == 20; }};
  run.go(plan_of(6));
  EXPECT_THAT(run.told, ElementsAre(false, true));
  const journal::RepeatFacts counts = count_repeats(run.rows);
  EXPECT_EQ(counts.repeated, 5U);
  EXPECT_EQ(counts.helped, 1U);
  EXPECT_EQ(counts.left, 4U);
}

TEST(RepeatPolicy, ATrialThatDidNotRunDoesNotShowThatTheMachineIsQuiet) {
  journal::Trial missing;
  missing.outcome = journal::Outcome::not_run;
  RepeatPolicy repeats;
  for (int i = 0; i < 4; ++i) repeats.repeated(true);
  count_attempt(repeats, trial_status(missing), 1);
  EXPECT_FALSE(repeats.worthwhile());
  missing.client.emplace();
  count_attempt(repeats, trial_status(missing), 1);
  EXPECT_TRUE(repeats.worthwhile());
}

TEST(RepeatPolicy, ARunThatWasCutOffAnywhereGoesOnAsIfItHadNotBeen) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    std::mt19937 random(seed);
    std::vector<bool> weather;
    for (int i = 0; i < 64; ++i) weather.push_back(random() % 8 < seed + 2);
    const auto noisy = [&](std::size_t n) { return static_cast<bool>(weather[n]); };
    FakeRun whole{.noisy = noisy};
    whole.go(plan_of(4));
    for (std::size_t cut = 0; cut <= whole.rows.size(); ++cut) {
      FakeRun parts{.noisy = noisy};
      parts.go(plan_of(4), cut);
      parts.go(plan_of(4));
      EXPECT_EQ(parts.names(), whole.names()) << "seed " << seed << ", cut after " << cut;
    }
  }
}

TEST(RepeatPolicy, TheFootAndTheManifestSayHowManyThereWereAndThatTheyWereGivenUp) {
  journal::Manifest manifest;
  manifest.blocks = 6;
  manifest.ended =
      journal::EndFacts{.at = "", .elapsed_s = 1, .failure = "", .tables = {{"echo", "all blocks ran", 6}}};
  manifest.ended->repeats = journal::RepeatFacts{.repeated = 4, .helped = 1, .left = 20};
  const journal::Manifest read = journal::manifest_from_json(journal::manifest_to_json(manifest));
  ASSERT_TRUE(read.ended && read.ended->repeats);
  EXPECT_EQ(read.ended->repeats->left, 20U);
  EXPECT_THAT(report::report_info(read).foot,
              testing::Contains("4 noisy trials were run once more, 1 came out quiet, 20 more were not: the noise "
                                "lasted, and repeating was given up"));
  manifest.ended->repeats->left = 0;
  EXPECT_THAT(report::report_info(manifest).foot, Not(testing::Contains(HasSubstr("once more"))));
}

}  // namespace
}  // namespace bakeoff::experiment

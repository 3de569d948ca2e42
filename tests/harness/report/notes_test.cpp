// The notes under tables: what happens in some blocks only, how sure the ratios are, and what more would take.
#include "harness/report/notes.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "harness/validity/validity.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> notes_on(const std::string& figure, const std::vector<double>& blocks) {
  std::vector<journal::Trial> rows;
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    journal::Trial trial = test::count_rows(1).front();
    trial.subject = "racer";
    trial.block = static_cast<int>(block);
    trial.job->figures = {{"operation_ns", 2}, {figure, blocks[block]}};
    rows.push_back(trial);
  }
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial& row : rows) trials.push_back(&row);
  return rare_event_notes(make_grid(trials, {}));
}

TEST(RareEventNotes, TellInHowManyBlocksAndTheWorst) {
  EXPECT_THAT(notes_on("deadlocks", {0, 0, 7}),
              ElementsAre("racer: deadlocks is above 0 in 1 of 3 blocks, 7 in the worst"));
}

TEST(RareEventNotes, AreNotNeededWhereTheMedianTellsItOrNothingHappened) {
  EXPECT_THAT(notes_on("deadlocks", {0, 0, 0}), IsEmpty());
  EXPECT_THAT(notes_on("deadlocks", {41, 43, 40}), IsEmpty());
  EXPECT_THAT(notes_on("cpu_percent", {0, 43}), IsEmpty()) << "no mishap";
  EXPECT_THAT(notes_on("lost_percent", {0, 43}), IsEmpty()) << "it has a column";
}

TEST(Remark, SaysWhichLimitWasMetAndLeavesTheLastWordsToTheRow) {
  std::vector<journal::Trial> rows = test::http_rows(2);
  std::erase_if(rows, [](const journal::Trial& row) { return row.subject != "threads"; });
  for (journal::Trial& row : rows) {
    row.outcome = journal::Outcome::limit;
    row.outcome_detail = "heap_mib = 4 MiB: out of memory; the subject exited with 3: a long trace";
    row.client.reset();
  }
  std::vector<const journal::Trial*> trials{&rows[0], &rows[1]};
  const Grid grid = make_grid(trials, {});
  EXPECT_EQ(remark_of(grid.rows.front()), "limit in 2 of 2 trials: heap_mib = 4 MiB: out of memory");
  for (journal::Trial& row : rows) row.outcome = journal::Outcome::died;
  EXPECT_THAT(remark_of(grid.rows.front()), HasSubstr("a long trace"));
}

/// Eight blocks of one subject whose warm-up had no steady end in the first `unsteady`, judged as a run does.
std::vector<journal::Trial> warmed_rows(int unsteady) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 8; ++block) {
    rows.push_back(test::server_row({.subject = "java"}, block));
    rows.back().warm_up = journal::WarmUpRow{.slice_s = 0.1, .cpu_us_per_request = {9, 8}};
    if (block >= unsteady) rows.back().warm_up->steady_from = 20;
    rows.back().validity = validity::judge_validity(rows.back());
  }
  return rows;
}

Grid grid_of(const std::vector<journal::Trial>& rows) {
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial& row : rows) trials.push_back(&row);
  return make_grid(trials, {});
}

TEST(SteadyNotes, TellWhoWasCheaperBeforeInHowManyBlocksAndTheWorst) {
  auto rows = warmed_rows(0);
  EXPECT_THAT(steady_notes(grid_of(rows)), IsEmpty());
  rows[2].warm_up->over_earlier = 1.08;
  rows[5].warm_up->over_earlier = 1.3;
  EXPECT_THAT(steady_notes(grid_of(rows)),
              ElementsAre("java: steady at up to 1.3 times the cost of an earlier stretch, in 2 of 8 blocks"));
}

TEST(SteadyNotes, OneUnsteadyBlockOfEightIsVoidByItselfAndTwoVoidAll) {
  for (const int unsteady : {1, 2}) {
    const auto rows = warmed_rows(unsteady);
    const Grid grid = grid_of(rows);
    const auto leading = figure_series(grid.rows.front(), grid.figures.front());
    EXPECT_EQ(leading.reason, "unsteady");
    EXPECT_EQ(std::ranges::count_if(leading.valid, [](const auto& value) { return static_cast<bool>(value); }),
              unsteady == 1 ? 7 : 0);
    for (const Figure& figure : grid.figures) {
      if (figure.key != "steady_after_s") continue;
      EXPECT_EQ(figure_series(grid.rows.front(), figure).reason, "") << "what is known of the warm-up stands";
    }
  }
}

TEST(PauseNotes, TellHowManyPausesThereWereAndHowLongTheyWereButNotOfVoidTrials) {
  auto rows = warmed_rows(0);
  EXPECT_THAT(pause_notes(grid_of(rows)), IsEmpty()) << "nobody listened";
  for (journal::Trial& row : rows) row.client->subject_pauses.emplace();
  EXPECT_THAT(pause_notes(grid_of(rows)), IsEmpty());
  rows[2].client->subject_pauses = journal::SubjectPauses{.count = 2, .longest_us = 52'000, .total_us = 64'000};
  rows[5].client->subject_pauses = journal::SubjectPauses{.count = 1, .longest_us = 12'000, .total_us = 12'000};
  rows[6].client->subject_pauses = journal::SubjectPauses{.count = 1, .longest_us = 900'000, .total_us = 900'000};
  rows[6].validity = {{"latency", "noisy"}};
  EXPECT_THAT(pause_notes(grid_of(rows)),
              ElementsAre("java: 3 pauses in 2 of 8 blocks, in which it answered nothing although requests were "
                          "outstanding: 52.0 ms at the longest, 76.0 ms together"));
}

TEST(PauseNotes, TheColumnStandsInTablesInWhichOnePausedAndNowhereElse) {
  const auto has_column = [](const std::vector<journal::Trial>& rows) {
    const Grid grid = grid_of(rows);
    return std::ranges::find(grid.figures, "longest_pause_ms", &Figure::key) != grid.figures.end();
  };
  auto rows = warmed_rows(0);
  rows[0].runtime.emplace().collector = "G1";
  EXPECT_FALSE(has_column(rows)) << "rows of a version that did not listen";
  rows[0].client->subject_pauses.emplace();
  EXPECT_FALSE(has_column(rows)) << "a column of zeros";
  rows[0].client->subject_pauses->count = 1;
  EXPECT_TRUE(has_column(rows));
}

std::vector<LeadingRatio> http_ratios(int blocks) {
  return leading_ratios(test::http_rows(blocks), "http", test::report_info(), UINT64_MAX);
}

TEST(PrecisionNotes, SaysHowManyMoreBlocksAWantedPrecisionWouldTake) {
  EXPECT_THAT(precision_notes(http_ratios(8), 0.01),
              ElementsAre(testing::MatchesRegex("the ratios are known to ±4.1 % \\(fibers the least\\); ±1.0 % would "
                                                "take about [0-9]+ blocks, [0-9]+ more")));
  EXPECT_THAT(precision_notes(http_ratios(8), 0.05), ElementsAre(Not(HasSubstr("would take")))) << "it is reached";
  EXPECT_THAT(precision_notes(http_ratios(8), std::nullopt), ElementsAre(Not(HasSubstr("would take"))));
  EXPECT_THAT(precision_notes(http_ratios(5), 0.01), IsEmpty()) << "without intervals nothing is known";
}

TEST(PrecisionNotes, TheFootNamesTheSmallestDifferenceOfEachTableThatHasOne) {
  Table http, echo;
  http.name = "http";
  http.detectable = 0.021;
  echo.name = "echo";
  EXPECT_THAT(detectable_line(std::vector{http, echo}), testing::EndsWith("nine times of ten: 2.1 % in http"));
  EXPECT_EQ(detectable_line(std::vector{echo}), "");
}

}  // namespace
}  // namespace bakeoff::report

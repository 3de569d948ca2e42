// The notes on what happens in some blocks only.
#include "harness/report/rare_event_notes.h"

#include <gmock/gmock.h>

#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> notes_of(const std::string& figure, const std::vector<double>& blocks) {
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

TEST(SeldomNotes, TellInHowManyBlocksAndTheWorst) {
  EXPECT_THAT(notes_of("lost_percent", {0, 4, 0, 43.1, 0}),
              ElementsAre("racer: lost % is above 0 in 2 of 5 blocks, 43.1 in the worst"));
  EXPECT_THAT(notes_of("deadlocks", {0, 0, 7}),
              ElementsAre("racer: deadlocks is above 0 in 1 of 3 blocks, 7.00 in the worst"));
}

TEST(SeldomNotes, AreNotNeededWhereTheMedianTellsItOrNothingHappened) {
  EXPECT_THAT(notes_of("lost_percent", {0, 0, 0}), IsEmpty());
  EXPECT_THAT(notes_of("lost_percent", {41, 43, 40}), IsEmpty());
  EXPECT_THAT(notes_of("cpu_percent", {0, 43}), IsEmpty()) << "no mishap";
}

}  // namespace
}  // namespace bakeoff::report

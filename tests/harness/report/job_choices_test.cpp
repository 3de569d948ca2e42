// What `bakeoff job` says of a job that is about one of its settings: every choice beside the others, in words that
// fit.
#include "harness/report/job_choices.h"

#include <gmock/gmock.h>

#include "harness/report/job_summary.h"
#include "harness/report/job_verdict.h"
#include "harness/report/terminal.h"
#include "harness/report/text_layout.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

subjects::JobFacts shared_count() {
  subjects::JobFacts job;
  job.name = "shared-count";
  job.settings.push_back({.name = "discipline",
                          .meaning = "how a unit adds",
                          .default_value = "mutex",
                          .choices = {"plain", "mutex", "channel"},
                          .choice_meanings = {"races", "takes turns", "sends"}});
  job.compared_setting = "discipline";
  job.compared_figures = {"lost", "operation_ns"};
  return job;
}

journal::Trial run_of(const std::string& choice, int round, double operation_ns, std::uint64_t lost) {
  journal::Trial row;
  row.subject = "thread:discipline=" + choice;
  row.workload = "shared-count";
  row.block = round;
  row.params.kind = journal::TrialKind::job;
  row.params.units = 2;
  row.job = journal::JobRow{.executor = "thread",
                            .answer = 10'000'000 - lost,
                            .answer_right = true,
                            .elapsed_ns = 1'000'000,
                            .figures = {{"operation_ns", operation_ns}, {"lost", static_cast<double>(lost)}}};
  row.server_receipt.emplace().settings["discipline"] = choice;
  return row;
}

journal::Trial deadlock_run(double deadlocks) {
  journal::Trial row = run_of("none", 0, 1, 0);
  row.workload = "deadlock";
  row.job->figures = {{"turn_us", 20}, {"deadlocks", deadlocks}};
  return row;
}

std::string verdict(const std::vector<journal::Trial>& rows) {
  std::vector<const journal::Trial*> runs{nullptr};  // A round that the choice was not in.
  for (const journal::Trial& row : rows) runs.push_back(&row);
  return job_verdict(runs);
}

TEST(JobVerdict, OfARaceIsHowMuchItLost) {
  EXPECT_EQ(verdict({run_of("mutex", 0, 1, 0)}), "nothing lost");
  EXPECT_EQ(verdict({run_of("plain", 0, 1, 4'190'000)}), "lost 41.9 %");
  EXPECT_EQ(
      verdict({run_of("plain", 0, 1, 4'000'000), run_of("plain", 1, 1, 5'000'000), run_of("plain", 2, 1, 4'190'000)}),
      "lost 41.9 %");
  EXPECT_EQ(verdict({run_of("plain", 0, 1, 0), run_of("plain", 1, 1, 310'000), run_of("plain", 2, 1, 0)}),
            "lost some in 1 of 3");
}

TEST(JobVerdict, OfADeadlockIsWhetherItWasReproduced) {
  EXPECT_EQ(verdict({deadlock_run(50)}), "deadlock reproduced");
  EXPECT_EQ(verdict({deadlock_run(0)}), "no deadlock");
  EXPECT_EQ(verdict({deadlock_run(2), deadlock_run(0), deadlock_run(0)}), "deadlock reproduced in 1 of 3");
}

TEST(JobVerdict, OfAnAnswerThatTheJobDoesNotAllowIsWrong) {
  journal::Trial wrong = run_of("mutex", 0, 1, 3);
  wrong.job->answer_right = false;
  EXPECT_EQ(verdict({wrong}), "WRONG");
  EXPECT_EQ(verdict({run_of("mutex", 0, 1, 0), wrong}), "WRONG in 1 of 2");
}

std::vector<journal::Trial> three_rounds() {
  std::vector<journal::Trial> rows;
  for (int round = 0; round < 3; ++round) {
    const auto step = static_cast<unsigned>(round);
    rows.push_back(run_of("plain", round, 1.7 + round / 10.0, 4'000'000 + 100'000 * step));
    rows.push_back(run_of("mutex", round, 28, 0));
    if (round > 0) continue;
    rows.push_back(run_of("channel", round, 1, 0));
    rows.back().job.reset();
    rows.back().outcome = journal::Outcome::not_run;
    rows.back().outcome_detail = "found 1 unit, expected 2";
  }
  return rows;
}

TEST(JobChoices, StandBesideEachOtherWithExpectedLostAndTimeOfAllRuns) {
  const Table table = job_choices_table(three_rounds(), shared_count());
  const std::string text = terminal_table(table, {});
  EXPECT_THAT(text, HasSubstr("shared-count · 2 units · on thread · 3 runs of each discipline, in turn"));
  ASSERT_EQ(table.rows.size(), 3U);
  const auto cells_of = [&](std::size_t row) {
    std::vector<std::string> cells;
    for (const Cell& cell : table.rows[row].cells) cells.push_back(cell.text + cell_suffix(cell));
    return cells;
  };
  EXPECT_THAT(cells_of(0),
              testing::ElementsAre("plain", "lost 41.0 %", "10,000,000", "4.10M (4.00M–4.20M)", "1.80 (1.70–1.90)"));
  EXPECT_THAT(cells_of(1), testing::ElementsAre("mutex", "nothing lost", "10,000,000", "0", "28.0"));
  EXPECT_THAT(text, HasSubstr("channel" + std::string(19, ' ') + "not-run: found 1 unit, expected 2"));
  for (const char* sentence : {"  plain races\n", "  mutex takes turns\n", "  channel sends\n"}) {
    EXPECT_THAT(text, HasSubstr(sentence));
  }
}

TEST(JobChoices, FitIntoEightyColumns) {
  std::vector<journal::Trial> rows = three_rounds();
  rows.front().subject = "thread:discipline=snapshots";
  const std::string text = terminal_table(job_choices_table(rows, shared_count()), {.width = 80});
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(display_width(text.substr(begin, end - begin)), 80U) << text.substr(begin, end - begin);
    begin = end + 1;
  }
  EXPECT_EQ(text.find("\n\n"), text.npos) << "no column has to stand below the others\n" << text;
}

TEST(JobChoices, StrikeOutVoidTimesWithTheReasonBelow) {
  std::vector<journal::Trial> rows = three_rounds();
  for (journal::Trial& row : rows) row.validity = {{"elapsed", "noisy"}};
  const Table table = job_choices_table(rows, shared_count());
  EXPECT_EQ(table.rows[0].cells[4].struck_reason, "noisy");
  EXPECT_EQ(table.rows[0].cells[4].range, "");
  EXPECT_EQ(table.rows[0].cells[3].struck_reason, "") << "what was lost is counted";
  EXPECT_THAT(table.notes, testing::Contains(HasSubstr("noisy: plain, mutex: operation ns struck out")));
}

TEST(JobChoices, OfNoRowsAreNoTable) {
  EXPECT_EQ(job_choices_table({}, shared_count()).rows.size(), 0U);
}

TEST(ChoiceInWords, IsASentenceThatBeginsWithTheSetting) {
  EXPECT_EQ(choice_in_words(run_of("plain", 0, 1, 1), shared_count()), "discipline=plain races");
  EXPECT_EQ(choice_in_words(run_of("unheard", 0, 1, 1), shared_count()), "");
  EXPECT_EQ(choice_in_words(run_of("plain", 0, 1, 1), {}), "");
  EXPECT_EQ(choice_in_words({}, shared_count()), "");
}

TEST(JobSummary, OfARaceSaysWhatItLostAndNotThatItIsWrong) {
  EXPECT_THAT(job_summary(run_of("plain", 0, 1.77, 4'190'000), {}),
              AllOf(HasSubstr("lost 41.9 % · answer 5810000"), Not(HasSubstr("WRONG")), Not(HasSubstr("right"))));
}

}  // namespace
}  // namespace bakeoff::report

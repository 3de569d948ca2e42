// The figures that jobs and probes name themselves, and what a table makes of them.
#include "harness/report/named_figures.h"

#include <gmock/gmock.h>

#include "harness/report/table.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;

journal::Trial row(journal::TrialKind kind, const std::string& subject, int block,
                   std::vector<journal::JobFigure> figures) {
  journal::Trial trial;
  trial.trial_id = subject + std::to_string(block);
  trial.table = trial.workload = "switch";
  trial.subject = subject;
  trial.block = block;
  trial.params.kind = kind;
  journal::JobRow& job = trial.job.emplace();
  job.answer_right = true;
  job.elapsed_ns = 5'000'000;
  job.figures = std::move(figures);
  return trial;
}

std::vector<std::string> titles(const Table& table) {
  std::vector<std::string> found;
  for (const Column& column : table.columns) found.push_back(column.title);
  return found;
}

TEST(NamedFigures, TakeTitleUnitAndDirectionFromTheName) {
  const journal::Trial trial = row(journal::TrialKind::probe, "a", 0,
                                   {{"create_and_join_ns", 5},
                                    {"increments_per_s", 7},
                                    {"pss_kib", 1},
                                    {"lost_percent", 2},
                                    {"elapsed_s", 3},
                                    {"lost", 4},
                                    {"speedup", 1.9}});
  const journal::Trial* const rows[] = {&trial};
  const std::vector<Figure> figures = named_figures(rows);
  std::vector<std::string> shown, units;
  for (const Figure& figure : figures) {
    shown.push_back(figure.title);
    units.push_back(figure.unit);
  }
  EXPECT_THAT(shown,
              ElementsAre("create and join ns", "increments /s", "pss KiB", "lost %", "elapsed s", "lost", "speedup"));
  EXPECT_THAT(units, ElementsAre("ns", "/s", "KiB", "%", "s", "", ""));
  EXPECT_EQ(figures[0].metric, "cpu");
  EXPECT_EQ(figures[2].metric, "") << "a neighbour takes CPU and no memory";
  EXPECT_FALSE(figures[0].more_is_better);
  EXPECT_TRUE(figures[1].more_is_better);
  EXPECT_TRUE(figures[6].more_is_better);
  EXPECT_EQ(figures[0].extract(trial), 5);
  EXPECT_EQ(figures[0].extract(row(journal::TrialKind::probe, "b", 0, {})), std::nullopt);
}

TEST(NamedFigures, LeadTheTableOfProbesAndStandAlone) {
  std::vector<journal::Trial> trials;
  for (int block = 0; block < 6; ++block) {
    trials.push_back(row(journal::TrialKind::probe, "pipe", block, {{"switch_ns", 1000.0 + block}, {"cpu_ns", 3}}));
    trials.push_back(row(journal::TrialKind::probe, "fiber", block, {{"switch_ns", 100.0 + block}, {"cpu_ns", 1}}));
    trials[trials.size() - 2].server_receipt.emplace().settings = {{"place", "other"}};
    trials.back().server_receipt.emplace().settings = {{"place", "same"}};
    trials.back().job->evidence = {"nobody waited"};
  }
  ReportInfo info;
  info.baseline = "pipe";
  info.subjects = {"pipe", "fiber"};
  const Table table = build_table(trials, "switch", info);
  EXPECT_THAT(titles(table), ElementsAre("subject", "place", "switch ns", "vs pipe", "cpu ns"));
  EXPECT_EQ(table.rows[0].cells[1].text, "other");
  EXPECT_EQ(table.rows[1].cells[1].text, "same");
  EXPECT_EQ(table.rows[0].cells[2].value, 1002.5);
  EXPECT_NEAR(*table.rows[1].cells[3].value, 0.102, 0.001);
  EXPECT_THAT(table.notes, testing::Contains("fiber: nobody waited"));
}

TEST(NamedFigures, OfAJobStandBeforeTimeAndCpuAndReplaceWhatHasTheirName) {
  std::vector<journal::Trial> trials;
  for (int block = 0; block < 2; ++block) {
    trials.push_back(row(journal::TrialKind::job, "thread:units=2", block, {{"increment_ns", 8}, {"elapsed_ms", 4}}));
    trials.back().job->executor = "thread";
    trials.back().subject_cost.emplace().cpu_us = 2000;
  }
  const Table table = build_table(trials, "switch", {});
  EXPECT_THAT(titles(table), ElementsAre("subject", "increment ns", "elapsed ms", "CPU ms"))
      << "no column says of thread:units=2 that it ran on thread";
  EXPECT_EQ(table.rows[0].cells[2].value, 4);
}

TEST(NamedFigures, OfAJobThatMetALimitAreShownWithTheLimit) {
  journal::Trial trial = row(journal::TrialKind::job, "thread", 0, {{"pss_kib", 9}});
  trial.outcome = journal::Outcome::limit;
  trial.outcome_detail = "vm.max_map_count = 65530";
  const Table table = build_table(std::vector<journal::Trial>{trial}, "switch", {});
  EXPECT_EQ(table.rows[0].cells[1].value, 9);
  EXPECT_THAT(table.notes, testing::Contains(testing::HasSubstr("vm.max_map_count = 65530")));
}

}  // namespace
}  // namespace bakeoff::report

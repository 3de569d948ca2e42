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
              ElementsAre("create and join ns", "increments /s", "PSS KiB", "lost %", "elapsed s", "lost", "speedup"));
  EXPECT_THAT(units, ElementsAre("ns", "/s", "KiB", "%", "s", "", ""));
  EXPECT_EQ(figures[0].metric, "cpu");
  EXPECT_EQ(figures[2].metric, "") << "a neighbour takes CPU and no memory";
  EXPECT_FALSE(figures[0].more_is_better);
  EXPECT_TRUE(figures[1].more_is_better);
  EXPECT_TRUE(figures[6].more_is_better);
  EXPECT_EQ(figures[0].extract(trial), 5);
  EXPECT_EQ(figures[0].extract(row(journal::TrialKind::probe, "b", 0, {})), std::nullopt);
}

/// How a table shows a figure of one subject that has these values in its blocks.
std::string text_of_blocks(const std::string& name, const std::vector<double>& values) {
  std::vector<journal::Trial> trials;
  for (const double value : values) {
    trials.push_back(row(journal::TrialKind::probe, "a", static_cast<int>(trials.size()), {{name, value}}));
  }
  return build_table(trials, "switch", {}).rows[0].cells[1].text;
}

TEST(NamedFigures, ThatCountAreWholeNumbers) {
  EXPECT_EQ(text_of_blocks("threads_left", {3, 3, 3}), "3");
  EXPECT_EQ(text_of_blocks("lost", {4321}), "4.32k");
  EXPECT_EQ(text_of_blocks("deadlocks", {0, 1}), "0.5") << "the median lies between two counts";
  EXPECT_EQ(text_of_blocks("deadlocks", {12, 15}), "14");
  EXPECT_EQ(text_of_blocks("speedup", {2, 2}), "2.00") << "a ratio that happens to be whole";
  EXPECT_EQ(text_of_blocks("switches_per_handover", {1}), "1.00");
  EXPECT_EQ(text_of_blocks("walk", {1.5, 2}), "1.75") << "no count";
}

TEST(NamedFigures, ThatAreTrueOrFalseAreYesOrNoAndNeitherIsBetter) {
  EXPECT_EQ(text_of_blocks("parent_changed_yes_or_no", {1, 1}), "yes");
  EXPECT_EQ(text_of_blocks("parent_changed_yes_or_no", {0, 0, 1}), "no");
  std::vector<journal::Trial> trials;
  for (int block = 0; block < 8; ++block) {
    trials.push_back(row(journal::TrialKind::probe, "a", block, {{"parent_changed_yes_or_no", 1}}));
    trials.push_back(row(journal::TrialKind::probe, "b", block, {{"parent_changed_yes_or_no", 0}}));
  }
  const Table table = build_table(trials, "switch", {});
  EXPECT_EQ(table.columns[1].title, "parent changed");
  for (const TableRow& shown_row : table.rows) EXPECT_FALSE(shown_row.cells[1].best);
}

TEST(NamedFigures, OfAJobAreNotRepeatedInAnotherUnit) {
  journal::Trial trial = row(journal::TrialKind::job, "thread", 0, {{"elapsed_s", 2.5}, {"virtual_mib", 3}});
  trial.subject_cost.emplace().cpu_us = 2000;
  EXPECT_THAT(titles(build_table(std::vector<journal::Trial>{trial}, "switch", {})),
              ElementsAre("subject", "elapsed s", "virtual MiB", "CPU ms"));
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
  EXPECT_THAT(titles(table), ElementsAre("subject", "place", "switch ns", "vs pipe", "CPU ns"));
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

// Models beside the real systems that they stand for, on rows that are made up.
#include "harness/report/twins.h"
#include "harness/report/number_format.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// The switches tell no subjects apart. By their p99 the real servers stand in the opposite order of their models.
const test::Costs kLoop{"event-loop", 5, 100'000, 600, 1'000, 0.5, 3};
const test::Costs kFork{"prefork", 10, 80'000, 650, 2'000, 0.5, 20};
const test::Costs kRealLoop{"nginx", 12, 60'000, 700, 3'000, 0.5, 9};
const test::Costs kRealFork{"apache", 15, 50'000, 800, 1'500, 0.5, 40};

std::vector<journal::Trial> rows_of(const std::vector<test::Costs>& subjects, int blocks = 12,
                                    const std::string& table = "http") {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < blocks; ++block) {
    for (const test::Costs& costs : subjects) {
      rows.push_back(test::server_row(costs, block));
      rows.back().table = table;
    }
  }
  return rows;
}

ReportInfo info_of() {
  ReportInfo info;
  info.experiment = "real";
  info.twins = {{"nginx", "event-loop"}, {"apache", "prefork"}};
  info.differs = {{"nginx", "parses header tables"}, {"apache", "walks its directories"}};
  return info;
}

std::optional<Table> twins_of(const std::vector<journal::Trial>& rows, const ReportInfo& info) {
  const std::vector<Table> tables = build_tables(rows, "http", info);
  if (tables.size() == 1) return std::nullopt;
  return tables.at(1);
}

TEST(Twins, APairHasBothMediansAndTheRatioOfTheRealOneToItsModel) {
  const std::vector<journal::Trial> rows = rows_of({kLoop, kFork, kRealLoop, kRealFork});
  const Table table = twins_of(rows, info_of()).value();
  EXPECT_EQ(table.name, "http-twins");
  EXPECT_THAT(table.caption, testing::StartsWith("models and their real twins · http · "));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(test::cell_of(table, "nginx", "like").text, "event-loop");
  EXPECT_EQ(test::cell_of(table, "apache", "like").text, "prefork");
  const Table all = build_table(rows, "http", info_of());
  for (const std::string figure : {"cpu_us_per_request", "latency_us.p99", "switches_per_request", "pss_end_mib"}) {
    EXPECT_EQ(test::cell_of(table, "nginx", figure + ".model").value, test::cell_of(all, "event-loop", figure).value)
        << figure;
    EXPECT_EQ(test::cell_of(table, "nginx", figure + ".real").value, test::cell_of(all, "nginx", figure).value)
        << figure;
  }
  const Cell& ratio = test::cell_of(table, "nginx", "cpu_us_per_request.ratio");
  EXPECT_NEAR(ratio.value.value(), 12.0 / 5, 0.1);
  ASSERT_TRUE(ratio.interval);
  EXPECT_LT(ratio.interval->low, 12.0 / 5);
  EXPECT_GT(ratio.interval->high, 12.0 / 5);
  EXPECT_FALSE(ratio.tied);
  EXPECT_TRUE(test::cell_of(table, "apache", "switches_per_request.ratio").tied);
}

TEST(Twins, APairMoreThanTwiceApartIsExplainedByWhatTheRealOneDoesBeside) {
  const Table table = twins_of(rows_of({kLoop, kFork, kRealLoop, kRealFork}), info_of()).value();
  const std::string far = format_number(test::cell_of(table, "nginx", "cpu_us_per_request.ratio").value.value());
  EXPECT_THAT(table.notes, ElementsAre("nginx takes " + far + " times the CPU of event-loop: it parses header tables"));
}

TEST(Twins, AModelThatTakesMoreThanTwiceItsRealOneIsNamedToo) {
  test::Costs cheap = kRealFork;
  cheap.cpu_us = 2;
  ReportInfo info = info_of();
  info.differs = {};
  const Table table = twins_of(rows_of({kFork, cheap}), info).value();
  ASSERT_EQ(table.notes.size(), 1U);
  EXPECT_THAT(table.notes[0], testing::MatchesRegex("apache takes 0\\.(19|20)[0-9]* times the CPU of prefork"));
}

TEST(Twins, PairsWithTheSameReasonShareOneNote) {
  test::Costs other = kRealLoop;
  other.subject = "nginx:units=2";
  other.cpu_us = 20;
  test::Costs fork = kRealFork;
  fork.cpu_us = 30;
  ReportInfo info = info_of();
  info.twins["nginx:units=2"] = "event-loop";
  info.differs["nginx:units=2"] = info.differs["nginx"];
  const Table table = twins_of(rows_of({kLoop, kFork, kRealLoop, fork, other}), info).value();
  ASSERT_EQ(table.notes.size(), 2U);
  EXPECT_THAT(table.notes[0], testing::MatchesRegex("nginx takes [0-9.]+ times the CPU of event-loop, nginx:units=2 "
                                                    "takes [0-9.]+ times the CPU of event-loop: each parses header "
                                                    "tables"));
  EXPECT_THAT(table.notes[1], testing::EndsWith("of prefork: it walks its directories"));
}

TEST(Twins, WithoutAPairThereIsNoTable) {
  const std::vector<journal::Trial> rows = rows_of({kLoop, kFork, kRealLoop, kRealFork});
  EXPECT_FALSE(twins_of(rows, ReportInfo{}));
  EXPECT_FALSE(twins_of(rows_of({kLoop, kRealFork}), info_of())) << "neither has its twin there";
  EXPECT_EQ(build_report(rows, ReportInfo{}).tables.size(), 1U);
  EXPECT_FALSE(build_report(rows, ReportInfo{}).agreement);
}

TEST(Twins, APairOfWhichOneSideGaveNoNumbersIsLeftOut) {
  for (const std::string gone : {"nginx", "event-loop"}) {
    std::vector<journal::Trial> rows = rows_of({kLoop, kFork, kRealLoop, kRealFork});
    for (journal::Trial& row : rows) {
      if (row.subject != gone) continue;
      row.outcome = journal::Outcome::not_run;
      row.client = {};
      row.subject_cost = {};
    }
    const Table table = twins_of(rows, info_of()).value();
    ASSERT_EQ(table.rows.size(), 1U) << gone;
    EXPECT_EQ(table.rows[0].subject, "apache");
    std::erase_if(rows, [](const journal::Trial& row) { return row.subject == "apache" || row.subject == "prefork"; });
    EXPECT_FALSE(twins_of(rows, info_of())) << gone;
  }
}

std::string count_of(const Table& agreement, const std::string& figure, const std::string& key) {
  return test::cell_of(agreement, figure, key).text;
}

journal::Trial job_row(const std::string& subject, int block, double ms) {
  journal::Trial row;
  row.experiment = "real";
  row.table = row.workload = "count";
  row.subject = subject;
  row.block = block;
  row.params.kind = journal::TrialKind::job;
  row.params.units = 2;
  row.outcome = journal::Outcome::ok;
  row.job.emplace();
  row.job->answer_right = true;
  row.job->elapsed_ns = static_cast<std::uint64_t>(ms * 1e6);
  row.subject_cost.emplace();
  row.subject_cost->cpu_us = 2000 * ms;
  return row;
}

TEST(Twins, OfAJobAreComparedByItsTimeAndItsCpuAndDoNotCountForTheOrderOfServers) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 12; ++block) {
    for (const auto& [subject, ms] :
         {std::pair{"event-loop", 10.0}, {"prefork", 20.0}, {"nginx", 30.0}, {"apache", 90.0}})
      rows.push_back(job_row(subject, block, ms));
  }
  ReportInfo info = info_of();
  info.jobs_differ = {{"nginx", "counts in steps"}};
  const std::vector<Table> tables = build_tables(rows, "count", info);
  ASSERT_EQ(tables.size(), 2U) << "the table and its twins";
  const Table& table = tables.at(1);
  std::vector<std::string> keys;
  for (const Column& column : table.columns) keys.push_back(column.key);
  EXPECT_THAT(keys, ElementsAre("subject", "like", "elapsed_ms.model", "elapsed_ms.real", "elapsed_ms.ratio",
                                "cpu_ms.model", "cpu_ms.real", "cpu_ms.ratio"));
  EXPECT_EQ(test::cell_of(table, "nginx", "elapsed_ms.real").value, 30);
  ASSERT_EQ(table.notes.size(), 2U);
  EXPECT_EQ(table.notes.front(), "nginx takes 3.00 times the CPU of event-loop: it counts in steps");
  std::vector<const journal::Trial*> trials;
  for (const journal::Trial& row : rows) trials.push_back(&row);
  const std::vector<Grid> grids{make_grid(trials, {})};
  EXPECT_FALSE(rank_agreement(grids, info_of()));
}

TEST(RankAgreement, CountsPairsThatAreToldApartAndThoseInTheSameOrder) {
  const Report report = build_report(rows_of({kLoop, kFork, kRealLoop, kRealFork}), info_of());
  ASSERT_TRUE(report.agreement);
  const Table& agreement = *report.agreement;
  EXPECT_EQ(agreement.name, "rank-agreement");
  ASSERT_EQ(agreement.rows.size(), 4U);
  const std::string cpu = agreement.rows[0].subject, p99 = agreement.rows[1].subject,
                    switches = agreement.rows[2].subject, pss = agreement.rows[3].subject;
  for (const TableRow& row : agreement.rows) EXPECT_EQ(count_of(agreement, row.subject, "compared"), "1");
  EXPECT_EQ(count_of(agreement, cpu, "told_apart"), "1");
  EXPECT_EQ(count_of(agreement, cpu, "same"), "1");
  EXPECT_EQ(count_of(agreement, p99, "told_apart"), "1");
  EXPECT_EQ(count_of(agreement, p99, "same"), "0");
  EXPECT_EQ(count_of(agreement, switches, "told_apart"), "0");
  EXPECT_EQ(count_of(agreement, switches, "same"), "0");
  EXPECT_EQ(count_of(agreement, pss, "same"), "1");
  EXPECT_THAT(agreement.notes, ElementsAre(p99 + ", http: event-loop has less of it than prefork, but nginx more than "
                                                 "apache"));
}

TEST(RankAgreement, IsOverAllTables) {
  std::vector<journal::Trial> rows = rows_of({kLoop, kFork, kRealLoop, kRealFork});
  const std::vector<journal::Trial> more = rows_of({kLoop, kFork, kRealLoop, kRealFork}, 12, "echo");
  rows.insert(rows.end(), more.begin(), more.end());
  const Report report = build_report(rows, info_of());
  ASSERT_EQ(report.tables.size(), 4U);
  EXPECT_EQ(report.tables[1].name, "http-twins");
  EXPECT_EQ(report.tables[3].name, "echo-twins");
  EXPECT_EQ(count_of(*report.agreement, report.agreement->rows[0].subject, "same"), "2");
  EXPECT_EQ(report.agreement->notes.size(), 2U);
}

TEST(RankAgreement, NamesTheFirstCasesAndCountsTheOthers) {
  std::vector<journal::Trial> rows;
  for (int table = 0; table < 8; ++table) {
    const auto more = rows_of({kLoop, kFork, kRealLoop, kRealFork}, 12, "http" + std::to_string(table));
    rows.insert(rows.end(), more.begin(), more.end());
  }
  const Report report = build_report(rows, info_of());
  ASSERT_TRUE(report.agreement);
  ASSERT_EQ(report.agreement->notes.size(), 6U);
  EXPECT_EQ(report.agreement->notes[5], report.agreement->rows[1].subject + ": the order is another in 3 more");
}

TEST(RankAgreement, WithoutIntervalsNobodyIsToldApart) {
  const Report report = build_report(rows_of({kLoop, kFork, kRealLoop, kRealFork}, 5), info_of());
  const std::string cpu = report.agreement->rows[0].subject;
  EXPECT_EQ(count_of(*report.agreement, cpu, "compared"), "1");
  EXPECT_EQ(count_of(*report.agreement, cpu, "told_apart"), "0");
}

TEST(RankAgreement, PairsWithTheSameModelAreNotCompared) {
  test::Costs other = kRealLoop;
  other.subject = "redis";
  ReportInfo info = info_of();
  info.twins["redis"] = "event-loop";
  EXPECT_FALSE(build_report(rows_of({kLoop, kRealLoop, other}), info).agreement);
  const Report report = build_report(rows_of({kLoop, kFork, kRealLoop, other, kRealFork}), info);
  EXPECT_EQ(count_of(*report.agreement, report.agreement->rows[0].subject, "compared"), "2")
      << "each of the two loops with the one that forks";
}

TEST(Twins, EveryFormatShowsThemAndTheirAgreement) {
  const Report report = build_report(rows_of({kLoop, kFork, kRealLoop, kRealFork}), info_of());
  const auto json = nlohmann::json::parse(json_report(report));
  EXPECT_EQ(json.at("tables").at(1).at("name"), "http-twins");
  const auto& row = json.at("tables").at(1).at("rows").at(0);
  EXPECT_EQ(row.at("subject"), "nginx");
  EXPECT_EQ(row.at("like"), "event-loop");
  EXPECT_TRUE(row.at("cells").at("cpu_us_per_request.ratio").contains("low"));
  EXPECT_EQ(json.at("agreement").at("rows").at(0).at("cells").at("same").at("value"), 1);
  for (const std::string& text : {terminal_report(report), markdown_report(report), latex_report(report)}) {
    EXPECT_THAT(text, HasSubstr("models and their real twins"));
    EXPECT_THAT(text, HasSubstr("do the real ones stand in the order of their models?"));
    EXPECT_THAT(text, HasSubstr("it parses header tables"));
    EXPECT_THAT(text, HasSubstr("event-loop has less of it than prefork, but nginx more than apache"));
  }
  const std::string csv = csv_report(report);
  EXPECT_THAT(csv, HasSubstr("real,http-twins,nginx,event-loop,,cpu_us_per_request.ratio,"));
  EXPECT_THAT(csv, HasSubstr("real,rank-agreement," + report.agreement->rows[0].subject + ",,,same,,,1,"));
  EXPECT_THAT(markdown_report(build_report(rows_of({kLoop}), info_of())), Not(HasSubstr("twins")));
}

}  // namespace
}  // namespace bakeoff::report

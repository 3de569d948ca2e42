// Tables of subjects that take jobs from a queue.
#include <gmock/gmock.h>

#include "harness/report/caption.h"
#include "harness/report/grid.h"
#include "harness/report/table.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<journal::Trial> queue_rows(std::uint64_t kills) {
  std::vector<journal::Trial> rows;
  for (const char* subject : {"thread", "process"}) {
    for (int block = 0; block < 8; ++block) {
      journal::Trial& row = rows.emplace_back();
      row.trial_id = subject + std::to_string(block);
      row.table = "kill";
      row.subject = subject;
      row.block = block;
      row.workload = "wait:exponential:2000";
      row.params.kind = journal::TrialKind::queue;
      row.params.units = 16;
      row.params.queue = journal::QueueParams{
          .jobs = 1000, .rate_rps = 500, .poisson = true, .acknowledge = "before", .kill = kills ? "worker" : "none"};
      row.subject_cpus = {0};
      row.load_cpus = {1};
      row.queue = journal::QueueRow{.jobs = 1000, .done = 990, .lost = 10 * kills, .kills = kills, .jobs_per_s = 480};
      row.queue->latency_us["queue"] = {.p50 = 120, .p99 = 900, .count = 990};
      row.subject_cost.emplace().cpu_us_per_request = 40 + block;
    }
  }
  return rows;
}

std::vector<std::string> keys(const Table& table) {
  std::vector<std::string> all;
  for (const Column& column : table.columns) all.push_back(column.key);
  return all;
}

TEST(QueueTable, ShowsWhatAJobCostsAndWaits) {
  const Table table = build_table(queue_rows(0), "kill", test::report_info());
  EXPECT_THAT(keys(table), AllOf(Contains("cpu_us_per_job"), Contains("jobs_per_s"),
                                 Contains("queue.latency_us.queue.p99"), Not(Contains("queue.lost"))));
  EXPECT_EQ(test::cell_of(table, "thread", "queue.latency_us.queue.p50").text, "120");
}

TEST(QueueTable, ShowsWhatWasLostWhereAWorkerWasKilled) {
  const Table table = build_table(queue_rows(1), "kill", test::report_info());
  EXPECT_THAT(keys(table), AllOf(Contains("queue.lost"), Contains("queue.put_back"), Contains("queue.done_twice")));
  EXPECT_EQ(test::cell_of(table, "process", "queue.lost").text, "10");
}

TEST(QueueTable, SaysInItsCaptionWhatTheJobsAre) {
  const auto rows = queue_rows(1);
  const Grid grid = make_grid(trials_of_table(rows, "kill"), {});
  EXPECT_THAT(
      caption(grid, "kill", ""),
      AllOf(HasSubstr("kill: wait:exponential:2000 · 16 workers · 1000 jobs, 500/s Poisson · acknowledged before "
                      "the work · a worker is killed · 8 blocks"),
            HasSubstr("subject on CPU 0, queue on CPU 1")));
}

}  // namespace
}  // namespace bakeoff::report

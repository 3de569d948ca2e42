// Memory at three moments, the lowest limit at which a load is served, and loads that wait against their ceiling.
#include "harness/report/memory_curve.h"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/report/sweep_table.h"
#include "harness/report/table.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

const std::vector<double> kHeaps{16, 32, 64};

std::string heap_table_at(double mib) {
  return "heap-" + std::to_string(static_cast<int>(mib));
}

/// "tight" dies at 16 MiB and pays twice at 32; "roomy" is served at all of them, but late at 16.
std::vector<journal::Trial> heap_rows(int blocks) {
  std::vector<journal::Trial> rows;
  for (const double mib : kHeaps) {
    for (int block = 0; block < blocks; ++block) {
      for (const test::Costs& costs : {test::Costs{"tight", mib < 64 ? 20.0 : 10.0, 100'000, 600, 1'200, 2, mib},
                                       test::Costs{"roomy", 10, 100'000, 600, mib < 32 ? 90'000.0 : 1'200.0, 2, 12}}) {
        journal::Trial row = test::server_row(costs, block);
        row.table = heap_table_at(mib);
        row.params.heap_mib = static_cast<std::uint64_t>(mib);
        row.params.p99_limit_ms = 50;
        if (costs.subject == "tight" && mib < 32 && block == blocks - 1) {
          row.outcome = journal::Outcome::limit;
          row.outcome_detail = "heap = 16 MiB";
        }
        rows.push_back(row);
      }
    }
  }
  return rows;
}

journal::SweepFacts heap_sweep_of(const std::string& key) {
  journal::SweepFacts sweep{.name = "heap", .key = key, .points = {}};
  for (const double mib : kHeaps) sweep.points.push_back({.table = heap_table_at(mib), .value = mib});
  return sweep;
}

std::optional<Table> curve_of(const std::vector<journal::Trial>& rows, const std::string& key = "heap_mib") {
  std::vector<Grid> grids;
  for (const double mib : kHeaps) grids.push_back(make_grid(trials_of_table(rows, heap_table_at(mib)), {}));
  return memory_curve(heap_sweep_of(key), grids);
}

TEST(MemoryCurve, NamesTheLowestLimitAndWhatItCostsThere) {
  const std::vector<journal::Trial> rows = heap_rows(8);
  const auto curve = curve_of(rows);
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->name, "heap-curve");
  EXPECT_THAT(curve->caption, HasSubstr("the lowest of 16.0, 32.0, 64.0 MiB of heap"));
  EXPECT_THAT(curve->caption, HasSubstr("p99 at most 50.0 ms"));
  EXPECT_EQ(test::cell_of(*curve, "tight", "lowest_mib").value, 32);
  EXPECT_NEAR(*test::cell_of(*curve, "tight", "ratio").value, 2, 1e-9);
  EXPECT_TRUE(test::cell_of(*curve, "tight", "ratio").interval);
  EXPECT_EQ(test::cell_of(*curve, "tight", "below").text, "16.0: limit") << "one block of eight is enough";
  EXPECT_EQ(test::cell_of(*curve, "roomy", "lowest_mib").value, 32);
  EXPECT_THAT(test::cell_of(*curve, "roomy", "below").text, HasSubstr("16.0: p99 "));
  EXPECT_TRUE(test::cell_of(*curve, "roomy", "ratio").tied);
}

TEST(MemoryCurve, SaysWhereEvenTheHighestIsNotEnoughAndWhereTheLowestIs) {
  std::vector<journal::Trial> rows = heap_rows(8);
  for (journal::Trial& row : rows) {
    row.params.p99_limit_ms.reset();
    if (row.subject == "tight") row.outcome = journal::Outcome::overloaded;
  }
  const auto curve = curve_of(rows);
  ASSERT_TRUE(curve);
  EXPECT_FALSE(test::cell_of(*curve, "tight", "lowest_mib").value);
  EXPECT_EQ(test::cell_of(*curve, "tight", "below").text, "64.0: overloaded");
  EXPECT_EQ(test::cell_of(*curve, "roomy", "lowest_mib").value, 16);
  EXPECT_EQ(test::cell_of(*curve, "roomy", "below").text, "the lowest that was tried");
}

TEST(MemoryCurve, BelievesALateGeneratorThatTheLimitIsMetButNotThatItIsMissed) {
  std::vector<journal::Trial> rows = heap_rows(8);
  for (journal::Trial& row : rows) {
    if (row.subject == "roomy") row.validity = {{"latency", "slipped"}};
  }
  const auto slipped = curve_of(rows);
  ASSERT_TRUE(slipped);
  EXPECT_EQ(test::cell_of(*slipped, "roomy", "lowest_mib").value, 32);
  EXPECT_EQ(test::cell_of(*slipped, "roomy", "below").text, "16.0: p99 unknown");
  for (journal::Trial& row : rows) {
    if (row.subject == "roomy") row.validity = {{"latency", "noisy"}};
  }
  const auto noisy = curve_of(rows);
  ASSERT_TRUE(noisy);
  EXPECT_EQ(test::cell_of(*noisy, "roomy", "below").text, "64.0: p99 unknown");
}

TEST(MemoryCurve, IsOfLimitsOfMemoryAlone) {
  const std::vector<journal::Trial> rows = heap_rows(2);
  EXPECT_TRUE(curve_of(rows, "memory_mib"));
  EXPECT_FALSE(curve_of(rows, "connections"));
}

std::vector<std::string> column_keys_of(const Table& table) {
  std::vector<std::string> keys;
  for (const Column& column : table.columns) keys.push_back(column.key);
  return keys;
}

TEST(MemoryColumns, ShowThreeMomentsWhereTheSubjectRestedAfterItsLoad) {
  std::vector<journal::Trial> rows = test::http_rows(8);
  for (journal::Trial& row : rows) {
    row.subject_cost->pss_begin_kib = 1024;
    row.subject_cost->pss_after_kib = 2048;
    row.subject_cost->kernel_begin_kib = 512;
    row.subject_cost->kernel_end_kib = row.subject_cost->kernel_after_kib = 1536;
    row.subject_cost->pss_per_connection_kib = 13;
  }
  EXPECT_THAT(column_keys_of(build_table(rows, "http", test::report_info())), Not(Contains("pss_after_mib")));
  for (journal::Trial& row : rows) row.params.rest_s = 1;
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "pss_begin_mib").text, "1.00");
  EXPECT_EQ(test::cell_of(table, "threads", "pss_after_mib").text, "2.00");
  EXPECT_EQ(test::cell_of(table, "threads", "kernel_begin_mib").text, "0.500");
  EXPECT_EQ(test::cell_of(table, "threads", "kernel_after_mib").text, "1.50");
  EXPECT_EQ(test::cell_of(table, "threads", "pss_per_connection_kib").text, "13.0");
}

TEST(WaitingColumns, CompareTheRateWithItsCeilingAndTheMedianWithTheWait) {
  std::vector<journal::Trial> rows;
  for (int block = 0; block < 8; ++block) {
    journal::Trial row = test::server_row({"threads", 10, 9'000, 104'000, 110'000, 2, 3}, block);
    row.client->throughput_rps = 9'000;
    row.client->latency_us["total"].p50 = 104'000;
    row.params.load.connections = 1000;
    row.params.load.request = "/wait/{fixed:100000}";
    rows.push_back(row);
  }
  const Table table = build_table(rows, "http", test::report_info());
  EXPECT_EQ(test::cell_of(table, "threads", "percent_of_ceiling").value, 90);
  EXPECT_EQ(test::cell_of(table, "threads", "overshoot_us").value, 4000);
  EXPECT_THAT(column_keys_of(build_table(test::http_rows(8), "http", test::report_info())),
              Not(Contains("overshoot_us")));
}

TEST(MemoryOfAUnit, IsTheSlopeBetweenTheEndsOfASweepOverUnits) {
  std::vector<journal::Trial> rows;
  journal::SweepFacts sweep{.name = "sleepers", .key = "units", .points = {}};
  for (const double units : {1.0, 1001.0}) {
    const std::string table = "sleepers-" + std::to_string(static_cast<int>(units));
    sweep.points.push_back({.table = table, .value = units});
    for (int block = 0; block < 8; ++block) {
      journal::Trial row;
      row.table = table;
      row.subject = "go";
      row.workload = "sleepers";
      row.block = block;
      row.params.kind = journal::TrialKind::job;
      row.params.units = static_cast<std::uint64_t>(units);
      row.job = journal::JobRow{.executor = "go", .answer = 1, .answer_right = true, .elapsed_ns = 1'000'000};
      row.job->figures = {{"elapsed_s", 1}, {"process_pss_mib", 5 + 0.1 * block + units * 2.5 / 1024}};
      rows.push_back(row);
    }
  }
  ReportInfo info;
  info.sweeps = {sweep};
  std::vector<Grid> grids;
  for (const auto& point : sweep.points) grids.push_back(make_grid(trials_of_table(rows, point.table), {}));
  const auto table = sweep_table(sweep, grids, info);
  ASSERT_TRUE(table);
  EXPECT_THAT(table->notes, Contains("go: 2.50 KiB of memory for each unit [2.50, 2.50], from 1 to 1,001 of them"));
}

}  // namespace
}  // namespace bakeoff::report

#include "harness/report/compare/changes.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/report/compare/manifest_differences.h"
#include "harness/report/json.h"
#include "harness/report/markdown.h"
#include "harness/report/terminal.h"
#include "tests/harness/fixtures/golden.h"
#include "tests/harness/fixtures/report_fixture.h"

namespace bakeoff::report::compare {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

journal::Manifest manifest() {
  journal::Manifest one;
  one.experiment = "quick";
  one.baseline = "threads";
  one.subjects = {"threads", "prefork", "fibers", "event-loop"};
  one.tables = {"http", "count"};
  one.commit = "0123456789ab";
  one.harness_hash = "sha1:24dfacfef77ed152f0684f07ba122927e56b6351";
  one.compiler = "GNU 12.2.0";
  one.seed = 1;
  one.started_at = "2026-11-21T05:13:00Z";
  one.machine.host = "vm";
  one.machine.cpu_model = "Some CPU at 3 GHz";
  one.machine.mitigations = {{"spectre_v2", "Retpolines"}};
  return one;
}

RecordedRun run_of(const std::string& name, int blocks = 8) {
  RecordedRun run{.name = name, .manifest = manifest(), .trials = test::http_rows(blocks)};
  const std::vector<journal::Trial> jobs = test::count_rows(blocks);
  run.trials.insert(run.trials.end(), jobs.begin(), jobs.end());
  return run;
}

// Costs `factor` times as much of the leading figure; "" stands for every table or subject.
void slow_down(RecordedRun& run, const std::string& table, const std::string& subject, double factor) {
  for (journal::Trial& trial : run.trials) {
    if ((!table.empty() && trial.table != table) || (!subject.empty() && trial.subject != subject)) continue;
    if (trial.subject_cost && trial.subject_cost->cpu_us_per_request) *trial.subject_cost->cpu_us_per_request *= factor;
    if (trial.job) {
      trial.job->elapsed_ns = static_cast<std::uint64_t>(factor * static_cast<double>(trial.job->elapsed_ns));
    }
  }
}

void erase_rows(RecordedRun& run, const std::string& table, const std::string& subject) {
  std::erase_if(run.trials, [&](const journal::Trial& trial) {
    return trial.table == table && (subject.empty() || trial.subject == subject);
  });
}

stats::ChangeVerdict verdict(const Changes& changes, const std::string& table, const std::string& subject) {
  for (const CellChange& cell : changes.cells) {
    if (cell.table == table && cell.subject == subject) {
      return cell.change ? cell.change->verdict : stats::ChangeVerdict::cannot_tell;
    }
  }
  throw std::out_of_range(table + " " + subject);
}

Changes compared(const RecordedRun& before, const RecordedRun& after) {
  return build_changes(before, after, "threads", stats::kRunToRunMargin);
}

// A second run on a machine that is slower for all, with one subject that became more expensive and one that is gone.
Changes eventful() {
  const RecordedRun before = run_of("results/a");
  RecordedRun after = run_of("results/b");
  slow_down(after, "", "", 1.6);
  slow_down(after, "http", "event-loop", 1.3);
  slow_down(after, "count", "event-loop", 0.7);
  erase_rows(after, "count", "prefork");
  for (journal::Trial& trial : after.trials) {
    if (trial.subject == "fibers") trial.validity = {{"cpu_per_request", "noisy"}};
  }
  after.manifest.started_at = "2026-11-22T05:13:00Z";
  after.manifest.commit = "ba9876543210";
  after.manifest.machine.governor = "powersave";
  return compared(before, after);
}

TEST(Changes, LookLikeThis) {
  const Changes changes = eventful();
  test::expect_golden("changes.txt", terminal_report(changes.report));
  test::expect_golden("changes-80.txt", terminal_report(changes.report, {.width = 80, .colour = false}));
  test::expect_golden("changes.md", markdown_report(changes.report));
  test::expect_golden("changes.json", json_report(changes.report));
}

TEST(Changes, SayThatOneRunWasMeasuredInSlicesAndTheOtherNot) {
  const auto notes_of_http = [](const RecordedRun& before, const RecordedRun& after) {
    return compared(before, after).report.tables.at(0).notes;
  };
  RecordedRun sliced = run_of("b");
  for (journal::Trial& trial : sliced.trials) {
    if (trial.table != "http") continue;
    journal::SliceFacts slice;
    slice.window_s = 0.1;
    trial.slices.assign(3, slice);
  }
  EXPECT_THAT(notes_of_http(run_of("a"), sliced), Contains("measured in two ways: one after the other in run 1, in 3 "
                                                           "alternating slices of 100 ms in run 2"));
  const auto of_ways = HasSubstr("measured in two ways");
  EXPECT_THAT(notes_of_http(sliced, sliced), Not(Contains(of_ways)));
  EXPECT_THAT(notes_of_http(run_of("a"), run_of("b")), Not(Contains(of_ways)));
}

TEST(Changes, AMachineThatIsSlowerForAllIsNoChange) {
  RecordedRun after = run_of("b");
  slow_down(after, "", "", 1.6);
  const Changes changes = compared(run_of("a"), after);
  ASSERT_THAT(changes.cells, SizeIs(5));
  for (const CellChange& cell : changes.cells)
    EXPECT_EQ(cell.change->verdict, stats::ChangeVerdict::same) << cell.subject;
  EXPECT_THAT(changes.report.foot, Contains(HasSubstr("0 of 5 cells changed · 5 the same · 0 that cannot be told")));
  EXPECT_THAT(changes.report.tables.at(0).notes, Contains(HasSubstr("a factor of 1.60")));
}

TEST(Changes, OneSubjectThatBecameMoreExpensiveIsWorseAndTheOthersAreNot) {
  RecordedRun after = run_of("b");
  slow_down(after, "http", "event-loop", 1.3);
  const Changes changes = compared(run_of("a"), after);
  EXPECT_EQ(verdict(changes, "http", "event-loop"), stats::ChangeVerdict::worse);
  EXPECT_EQ(verdict(changes, "http", "fibers"), stats::ChangeVerdict::same);
  EXPECT_EQ(verdict(changes, "count", "event-loop"), stats::ChangeVerdict::same);
  EXPECT_THAT(changes.report.foot, Contains(HasSubstr("1 of 5 cells changed: http event-loop worse, 1.30 [")));
  EXPECT_EQ(verdict(compared(after, run_of("a")), "http", "event-loop"), stats::ChangeVerdict::better);
}

TEST(Changes, ThereIsOneForEachSubjectButTheFloor) {
  const Changes changes = build_changes(run_of("a"), run_of("b"), "event-loop", stats::kRunToRunMargin);
  for (const CellChange& cell : changes.cells) EXPECT_NE(cell.subject, "event-loop");
  EXPECT_EQ(changes.cells.size(), 5U);
  EXPECT_EQ(changes.report.tables.at(0).columns.at(1).title, "run 1 vs event-loop");
}

TEST(Changes, AnotherSettingIsNamedAndNotCompared) {
  RecordedRun after = run_of("b");
  for (journal::Trial& trial : after.trials) {
    if (trial.table == "http") trial.params.load.connections = 128;
    if (trial.table == "count") trial.params.units.reset();
  }
  const Changes changes = compared(run_of("a"), after);
  EXPECT_THAT(changes.report.tables, IsEmpty());
  EXPECT_THAT(changes.report.foot, ElementsAre("http: not compared, the setting differs: connections 64 against 128",
                                               "count: not compared, the setting differs: units 2 against none",
                                               "no cell could be compared"));
}

TEST(Changes, ATableOrASubjectOfOneRunOnlyIsNamed) {
  RecordedRun before = run_of("a");
  RecordedRun after = run_of("b");
  erase_rows(before, "http", "prefork");
  erase_rows(after, "http", "fibers");
  erase_rows(after, "count", "");
  Changes changes = compared(before, after);
  EXPECT_THAT(changes.report.tables.at(0).notes,
              testing::IsSupersetOf({"fibers: only in run 1", "prefork: only in run 2"}));
  EXPECT_THAT(changes.report.foot, Contains("count: only run 1 has this table"));
  EXPECT_THAT(compared(after, before).report.foot, Contains("count: only run 2 has this table"));
}

TEST(Changes, ATableInWhichARunLacksTheFloorIsNotCompared) {
  RecordedRun after = run_of("b");
  erase_rows(after, "http", "threads");
  const Changes changes = compared(run_of("a"), after);
  EXPECT_THAT(changes.report.foot, Contains("http: not compared, run 2 has no row of threads, the floor"));
  EXPECT_EQ(changes.report.tables.at(0).name, "count");
}

TEST(Changes, VoidRowsAreNotCompared) {
  RecordedRun after = run_of("b");
  for (journal::Trial& trial : after.trials) {
    if (trial.subject == "fibers") trial.validity = {{"cpu_per_request", "noisy"}};
  }
  const Changes changes = compared(run_of("a"), after);
  EXPECT_EQ(verdict(changes, "http", "fibers"), stats::ChangeVerdict::cannot_tell);
  EXPECT_THAT(changes.report.tables.at(0).notes, Contains("fibers in run 2: 0 of 8 blocks count (noisy)"));
}

TEST(Changes, TooFewBlocksHaveAChangeButNoVerdict) {
  const Changes changes = compared(run_of("a", 4), run_of("b", 4));
  for (const CellChange& cell : changes.cells) {
    ASSERT_TRUE(cell.change);
    EXPECT_FALSE(cell.change->interval);
  }
  EXPECT_THAT(changes.report.tables.at(0).notes, Contains(HasSubstr("they need 6 blocks")));
}

TEST(Changes, OfASubjectThatDidNotRunAreToldWithItsReason) {
  RecordedRun after = run_of("b");
  for (journal::Trial& trial : after.trials) {
    if (trial.subject != "prefork") continue;
    trial.outcome = journal::Outcome::not_run;
    trial.outcome_detail = "needs prefork";
  }
  EXPECT_THAT(compared(run_of("a"), after).report.tables.at(0).notes,
              Contains("prefork in run 2: not-run: needs prefork"));
}

TEST(Differences, AreNoneBetweenEqualManifests) {
  EXPECT_THAT(manifest_differences(manifest(), manifest()), IsEmpty());
  journal::Manifest later = manifest();
  later.started_at = "2027-01-01T00:00:00Z";
  later.machine.load_average = 3;
  later.machine.frequency_mhz = 3001;
  EXPECT_THAT(manifest_differences(manifest(), later), IsEmpty()) << "every two runs differ in these";
  EXPECT_THAT(compared(run_of("a"), run_of("b")).report.head, Contains("machine, build and experiment are the same"));
}

TEST(Differences, NameTheFactWithBothItsValues) {
  journal::Manifest other = manifest();
  other.machine.cpus = {0, 1};
  other.machine.turbo = false;
  other.machine.mitigations["spectre_v2"] = "Vulnerable";
  other.machine.mitigations["l1tf"] = "Vulnerable";
  other.harness_hash = "sha1:ffffffffffffffffffffffffffffffffffffffff";
  other.seed = 2;
  EXPECT_THAT(manifest_differences(manifest(), other),
              ElementsAre("CPUs allowed: unknown against 0,1", "turbo: unknown against no",
                          "harness program: sha1:24dfacfef77e against sha1:ffffffffffff", "seed: 1 against 2",
                          "mitigations: not the same for l1tf, spectre_v2"));
}

}  // namespace
}  // namespace bakeoff::report::compare

// Runs that are killed and go on; folders that cannot be written, or that somebody else writes.
#include <gmock/gmock.h>
#include <poll.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/measure/process_tree.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

const char* const kSmall = R"(name = "small"
subjects = ["threads", "event-loop"]
blocks = 6

[[tables]]
workload = "echo"
connections = 2
window_s = 0.05
warmup_s = 0

[[tables]]
workload = "http"
connections = 2
window_s = 0.05
warmup_s = 0

[[tables]]
job = "count"
size = 1000000
)";

struct ResumedRun : subjects::ScratchFolder {
  ResumedRun() { test::write_text(file(), kSmall); }
  std::string file() const { return path() / "small.toml"; }
  std::string out() const { return path() / "out"; }
  std::string rows() const { return test::contents_of(out() + "/trials.jsonl"); }
};

void wait_ms(int milliseconds) {
  ::poll(nullptr, 0, milliseconds);
}

/// What the plan says will be measured.
std::set<std::string> planned(const ResumedRun& fixture) {
  const auto plan =
      nlohmann::json::parse(bakeoff_call({"run", fixture.file(), "--dry-run", "--format", "json"}).output);
  std::set<std::string> ids;
  for (const auto& trial : plan.at("trials")) ids.insert(trial.at("trial_id").get<std::string>());
  return ids;
}

TEST(Resume, ARunThatIsKilledTenTimesHasTheCellsOfOneThatIsNot) {
  const ResumedRun fixture;
  const std::set<std::string> wanted = planned(fixture);
  ASSERT_EQ(wanted.size(), 36U);
  std::mt19937 random(4);
  std::uniform_int_distribution<int> at_first(20, 200), in_full_swing(0, 60);
  int killed = 0;
  for (int kill = 0; kill < 10; ++kill) {
    std::vector<std::string> arguments{"run", fixture.file(), "--out", fixture.out()};
    if (!fixture.rows().empty()) arguments.emplace_back("--resume");
    const std::size_t before = fixture.rows().size();
    Call call(bakeoff_program(), arguments);
    if (kill % 2 == 0) {
      wait_ms(at_first(random));  // Where that is, the machine decides: before the first row, or behind it.
    } else {
      for (int i = 0; i < 3000 && fixture.rows().size() == before; ++i) wait_ms(10);
      wait_ms(in_full_swing(random));
    }
    ::kill(call.process().pid(), SIGKILL);
    killed += call.finish().status == 128 + SIGKILL;
  }
  EXPECT_GE(killed, 8) << "a run of 36 trials should outlast most of the kills";
  EXPECT_FALSE(journal::read_manifest(fixture.out()).ended);
  const auto last = bakeoff_call({"run", "--resume", "--out", fixture.out()});
  EXPECT_THAT(last.status, AnyOf(0, 4)) << last.errors;

  std::set<std::string> cells;
  std::set<std::pair<std::string, int>> attempts;
  const journal::Journal journal = journal::read_journal(fixture.out());
  for (const journal::Trial& row : journal.trials) {
    cells.insert(row.trial_id);
    EXPECT_TRUE(attempts.emplace(row.trial_id, row.attempt).second) << row.trial_id << " twice";
  }
  EXPECT_EQ(cells, wanted);
  EXPECT_TRUE(journal.notes.empty());
  const journal::Manifest manifest = journal::read_manifest(fixture.out());
  ASSERT_TRUE(manifest.ended);
  for (const journal::TableEndFacts& table : manifest.ended->tables) {
    EXPECT_EQ(table.blocks, 6U);
    EXPECT_EQ(table.why, "all blocks ran");
  }
  EXPECT_FALSE(manifest.resumed_at.empty());
  // Those of a harness that is killed become this program's children, and end.
  EXPECT_EQ(measure::measure_size(measure::descendants(::getpid())).processes, 1U) << "a process is left";

  const auto again = bakeoff_call({"run", "--resume", "--out", fixture.out()});
  EXPECT_EQ(journal::read_journal(fixture.out()).trials.size(), journal.trials.size()) << "nothing is left to do";
}

/// A run with a few rows, cut off.
struct CutOff : ResumedRun {
  CutOff() {
    Call call(bakeoff_program(), {"run", file(), "--out", out()});
    for (int i = 0; i < 1000 && rows().empty(); ++i) wait_ms(10);
    ::kill(call.process().pid(), SIGKILL);
    call.finish();
  }
};

TEST(Resume, ALineThatWasCutOffIsDroppedAndItsTrialRunAgain) {
  const CutOff fixture;
  const std::string before = fixture.rows();
  const auto rows = journal::read_journal(fixture.out()).trials.size();
  test::write_text(fixture.out() + "/trials.jsonl", before.substr(0, before.size() - 30));
  const auto result = bakeoff_call({"run", "--resume", "--out", fixture.out()});
  EXPECT_THAT(result.errors, HasSubstr("of which " + std::to_string(rows - 1) + " are done already"));
  EXPECT_THAT(result.errors, HasSubstr("cut off"));
  std::set<std::string> cells;
  for (const journal::Trial& row : journal::read_journal(fixture.out()).trials) cells.insert(row.trial_id);
  EXPECT_EQ(cells.size(), 36U);
}

TEST(Resume, RefusesAnotherExperimentOrSelectionAndSaysWhich) {
  const CutOff fixture;
  const std::string rows = fixture.rows();
  const auto selection = bakeoff_call({"run", "--resume", "--out", fixture.out(), "--subjects", "threads"});
  EXPECT_EQ(selection.status, 2);
  EXPECT_THAT(selection.errors, HasSubstr("subjects: began with threads,event-loop, now threads"));
  std::string changed = kSmall;
  changed.replace(changed.find("connections = 2"), 15, "connections = 3");
  test::write_text(fixture.file(), changed);
  const auto file = bakeoff_call({"run", fixture.file(), "--resume", "--out", fixture.out()});
  EXPECT_EQ(file.status, 2);
  EXPECT_THAT(file.errors, HasSubstr("experiment file: began with sha1:"));
  EXPECT_EQ(fixture.rows(), rows) << "nothing was run";
}

TEST(Resume, RefusesAFolderThatHoldsNoRun) {
  const ResumedRun fixture;
  const auto result = bakeoff_call({"run", "--resume", "--out", fixture.path()});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, HasSubstr("holds no run"));
}

TEST(Folder, OfARunUnderWayIsNobodyElses) {
  std::string slow = kSmall;
  slow.replace(slow.find("window_s = 0.05"), 15, "window_s = 30.0");
  const ResumedRun fixture;
  test::write_text(fixture.file(), slow);
  Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out()});
  for (int i = 0; i < 1000 && !std::filesystem::exists(fixture.out() + "/manifest.json"); ++i) wait_ms(10);
  const auto second = bakeoff_call({"run", "--resume", "--out", fixture.out()});
  EXPECT_EQ(second.status, 2);
  EXPECT_THAT(second.errors, HasSubstr("another bakeoff"));
  ::kill(call.process().pid(), SIGINT);
  EXPECT_EQ(call.finish().status, 130);
}

TEST(Folder, ThatCannotBeWrittenIsRefusedBeforeAnythingStarts) {
  const ResumedRun fixture;
  const auto result = bakeoff_call({"run", fixture.file(), "--out", "/proc/bakeoff"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.errors, HasSubstr("/proc/bakeoff"));
  EXPECT_TRUE(result.output.empty());
  EXPECT_THAT(result.errors, testing::Not(HasSubstr("rows go to")));
}

TEST(Folder, ThatIsFullStopsTheRunWithWhatItHas) {
  const ResumedRun fixture;
  // A limit on the size of a file breaks off a write as a full disk does; it holds the manifest and some rows.
  Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out()}, {"prlimit", "--fsize=16000"});
  const auto result = call.finish();
  EXPECT_EQ(result.status, 1) << result.errors;
  EXPECT_THAT(result.errors, AllOf(HasSubstr("cannot write"), HasSubstr("jsonl")));
  EXPECT_THAT(result.output, HasSubstr("echo")) << "what was measured is shown";
  const journal::Journal journal = journal::read_journal(fixture.out());
  EXPECT_GE(journal.trials.size(), 2U);
  EXPECT_TRUE(journal.notes.empty()) << "no half row is left";
}

}  // namespace
}  // namespace bakeoff::e2e

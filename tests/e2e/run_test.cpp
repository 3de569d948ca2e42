// Experiments from the command line to the rows and back to the tables.
#include <gmock/gmock.h>
#include <poll.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/measure/process_tree.h"
#include "harness/subjects/find_program.h"
#include "harness/validity/validity.h"
#include "tests/e2e/fake_subject.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;
using testing::Not;

const char* const kSmallExperiment = R"(name = "small"
question = "Does it run?"
baseline = "threads"
subjects = ["threads", "event-loop"]
blocks = 2

[[tables]]
workload = "echo"
connections = 4
window_s = 0.1
warmup_s = 0.05

[[tables]]
job = "count"
size = 1000000
)";

/// A folder with an experiment file and a place for results.
struct TinyRun : subjects::ScratchFolder {
  explicit TinyRun(const std::string& toml = kSmallExperiment) { test::write_text(file(), toml); }
  std::string file() const { return path() / "small.toml"; }
  std::string out() const { return path() / "out"; }
};

/// The rows of a folder without those of trials that were repeated because somebody was on the CPUs.
std::vector<journal::Trial> first_attempts(const std::string& folder) {
  std::vector<journal::Trial> rows = journal::read_journal(folder).trials;
  std::erase_if(rows, [](const journal::Trial& row) { return row.attempt > 1; });
  return rows;
}

bool any_valid(const std::vector<journal::Trial>& rows) {
  for (const journal::Trial& row : rows) {
    if (row.job && validity::void_reason(row, validity::metric::kElapsed).empty()) return true;
    if (row.client && row.client->replies_ok != 0 &&
        validity::void_reason(row, validity::metric::kCpuPerRequest).empty())
      return true;
  }
  return false;
}

TEST(Run, MeasuresEveryTrialOnceKeepsTheRowsAndPrintsTheTables) {
  const TinyRun fixture;
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  const journal::Journal journal = journal::read_journal(fixture.out());
  ASSERT_EQ(first_attempts(fixture.out()).size(), 8U) << result.errors;
  // What voids a number is the machine's doing; that the exit status says so is ours.
  EXPECT_EQ(result.status, any_valid(journal.trials) ? 0 : 4) << result.errors;
  std::set<std::string> ids;
  for (const journal::Trial& row : journal.trials) {
    ids.insert(row.trial_id);
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.trial_id << ": " << row.outcome_detail;
    EXPECT_TRUE(validity::void_reason(row, validity::metric::kEverything).empty()) << row.trial_id;
    if (!row.client) continue;
    // Both sides' own accounts of the whole trial.
    EXPECT_EQ(row.client_receipt->requests, row.client_receipt->acknowledged);
    EXPECT_EQ(row.server_receipt->requests, row.client_receipt->requests);
    EXPECT_EQ(row.server_receipt->bytes_sent, row.client_receipt->bytes_received);
    EXPECT_GT(*row.subject_cost->cpu_us_per_request, 0);
  }
  EXPECT_EQ(ids.size(), 8U);
  EXPECT_THAT(result.output, AllOf(HasSubstr("echo"), HasSubstr("count"), HasSubstr("event-loop")));
  EXPECT_THAT(result.errors, HasSubstr("; all blocks ran (2 blocks)\n"));

  const journal::Manifest manifest = journal::read_manifest(fixture.out());
  EXPECT_EQ(manifest.experiment_text, kSmallExperiment);
  EXPECT_EQ(test::contents_of(fixture.out() + "/experiment.toml"), kSmallExperiment);
  EXPECT_FALSE(manifest.machine.kernel.empty());

  const auto again = bakeoff_call({"report", fixture.out()});
  EXPECT_EQ(again.status, result.status);
  EXPECT_EQ(again.output.substr(again.output.find("threads")), result.output.substr(result.output.find("threads")))
      << "the same tables from the rows alone";
  EXPECT_EQ(bakeoff_call({"report", fixture.out(), "--format", "md"}).output,
            test::contents_of(fixture.out() + "/report.md"));
  EXPECT_TRUE(nlohmann::json::accept(bakeoff_call({"report", fixture.out(), "--format", "json"}).output));

  EXPECT_EQ(bakeoff_call({"run", fixture.file(), "--out", fixture.out()}).status, 2) << "a result is never overwritten";
}

TEST(Run, MakesTheLoadThatTheTableAsksFor) {
  const TinyRun fixture(R"(name = "small"
subjects = ["event-loop"]
blocks = 1

[[tables]]
workload = "http"
connections = 4
load = "open"
rate_rps = 500
arrivals = "poisson"
idle = 10
window_s = 0.2
warmup_s = 0

[[tables]]
workload = "echo"
connections = 4
churn = true
window_s = 0.1
warmup_s = 0
)");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  const std::vector<journal::Trial> rows = first_attempts(fixture.out());
  ASSERT_EQ(rows.size(), 2U) << result.errors;
  const journal::Trial& open = rows[0];
  EXPECT_EQ(open.outcome, journal::Outcome::ok) << open.outcome_detail;
  EXPECT_TRUE(open.params.load.is_open());
  ASSERT_TRUE(open.client && open.client->offered_rps);
  EXPECT_NEAR(*open.client->offered_rps, 500, 250);
  EXPECT_EQ(open.client->crowd->idle, 10U);
  EXPECT_TRUE(open.client->latency_us.contains("slip"));
  const journal::Trial& churn = rows[1];
  EXPECT_EQ(churn.outcome, journal::Outcome::ok) << churn.outcome_detail;
  EXPECT_GT(*churn.server_receipt->connections, 4U) << "a connection for each request";
  EXPECT_THAT(result.output, HasSubstr("4 connections, open loop, 500/s Poisson, 10 idle beside it"));
  EXPECT_THAT(result.output, HasSubstr("closed loop, one connection per request"));
}

TEST(Run, SubjectsAndWorkloadsNarrowAnExperiment) {
  const TinyRun fixture;
  bakeoff_call({"run", fixture.file(), "--out", fixture.out(), "--subjects", "fibers", "--workloads", "count"});
  const std::vector<journal::Trial> rows = first_attempts(fixture.out());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].subject, "fibers");
  EXPECT_EQ(rows[0].workload, "count");
}

TEST(Run, ATableHasItsOwnSubjectsAndABaselineAmongThem) {
  const TinyRun fixture(R"(name = "small"
baseline = "threads"
subjects = ["threads", "fibers", "event-loop"]
blocks = 2

[[tables]]
name = "all"
job = "count"
size = 1000

[[tables]]
name = "few"
job = "count"
size = 1000
subjects = ["event-loop", "fibers"]
)");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  std::map<std::string, std::set<std::string>> ran;
  for (const journal::Trial& row : first_attempts(fixture.out())) ran[row.table].insert(row.subject);
  EXPECT_EQ(ran["all"], (std::set<std::string>{"threads", "fibers", "event-loop"}));
  EXPECT_EQ(ran["few"], (std::set<std::string>{"fibers", "event-loop"}));
  EXPECT_THAT(result.output, AllOf(HasSubstr("vs threads"), HasSubstr("vs event-loop")));
  EXPECT_EQ(first_attempts(fixture.out()).size(), 2U * 3 + 2U * 2);
  EXPECT_THAT(bakeoff_call({"run", fixture.file(), "--dry-run"}).output,
              AllOf(HasSubstr("2 tables x 2 blocks x at most 3 subjects: 10 trials"),
                    HasSubstr("  subjects: event-loop (baseline), fibers\n")));

  // The folder alone says which they were.
  const auto resumed = bakeoff_call({"run", "--resume", "--out", fixture.out(), "--blocks", "3"});
  EXPECT_EQ(first_attempts(fixture.out()).size(), 3U * 3 + 3U * 2) << resumed.errors;
}

TEST(Run, UnitsThatASubjectCannotHaveAreRefusedBeforeAnythingStarts) {
  const TinyRun fixture(R"(name = "small"
subjects = ["prefork", "event-loop"]
blocks = 1

[[tables]]
workload = "echo"
units = 4
)");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.errors, "bakeoff: " + fixture.file() +
                               ":7: tables[0].units: found 4, expected 1: of event-loop they are loops, always 1\n");
  EXPECT_FALSE(std::filesystem::exists(fixture.out()));
}

TEST(Run, ABudgetThatIsSpentEndsTheRunAfterTheBlockItIsIn) {
  const TinyRun fixture;
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out(), "--budget", "1ms"});
  EXPECT_EQ(first_attempts(fixture.out()).size(), 2U);
  EXPECT_THAT(result.errors, HasSubstr("the budget is spent"));
}

TEST(Run, AnInterruptKeepsTheRowsPrintsTheTablesAndLeavesNoProcess) {
  std::string toml = kSmallExperiment;
  toml.replace(toml.find("blocks = 2"), 10, "blocks = 50");
  for (const int signal : {SIGINT, SIGTERM}) {
    const TinyRun fixture(toml);
    Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out()});
    const std::string rows = fixture.out() + "/trials.jsonl";
    for (int i = 0; i < 2000 && test::contents_of(rows).empty(); ++i) ::poll(nullptr, 0, 10);
    ::kill(call.process().pid(), signal);
    const auto result = call.finish();
    EXPECT_EQ(result.status, 130) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("interrupted"));
    EXPECT_THAT(result.output, HasSubstr("echo"));
    EXPECT_GE(journal::read_journal(fixture.out()).trials.size(), 1U);
    // Those of harnesses that other tests killed have ended, though they may not have been reaped.
    EXPECT_EQ(measure::measure_size(measure::descendants(::getpid())).processes, 1U) << "a process is left";
  }
}

/// Private folders of a harness with this process number.
int folders_of(pid_t harness) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
    count += entry.path().filename().string().starts_with("bakeoff-" + std::to_string(harness) + "-") ? 1 : 0;
  }
  return count;
}

TEST(Run, AHarnessThatIsKilledLeavesNoProcessEither) {
  std::string toml = kSmallExperiment;
  toml.replace(toml.find("window_s = 0.1"), 14, "window_s = 30.0");
  const TinyRun fixture(toml);
  Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out()});
  const pid_t harness = call.process().pid();
  // bakeoff-subject and the agent.
  for (int i = 0; i < 2000 && measure::descendants(harness).size() < 3; ++i) ::poll(nullptr, 0, 10);
  const auto started = measure::descendants(harness);
  EXPECT_GE(started.size(), 3U);
  ::kill(harness, SIGKILL);
  call.finish();
  bool left = true;
  for (int i = 0; i < 1000 && left; ++i) {
    left = measure::measure_size(started).processes != 0;
    if (left) ::poll(nullptr, 0, 10);
  }
  EXPECT_FALSE(left);

  // Its private folder it could not remove itself; the next run does.
  EXPECT_EQ(folders_of(harness), 1);
  const TinyRun next;
  bakeoff_call({"run", next.file(), "--out", next.out(), "--workloads", "count", "--budget", "1ms"});
  EXPECT_EQ(folders_of(harness), 0);
}

/// A copy of bakeoff beside a fake bakeoff-subject.
struct FakeSubjectFixture : TinyRun {
  explicit FakeSubjectFixture(const std::string& serve) {
    write_fake_subject(path() / "bin", serve);
    std::filesystem::copy(bakeoff_program(), path() / "bin/bakeoff");
  }
  Call::Result run() {
    return Call(path() / "bin/bakeoff",
                {"run", file(), "--out", out(), "--workloads", "echo", "--subjects", "event-loop", "--budget", "1ms"})
        .finish();
  }
};

TEST(Run, ASubjectThatDiesIsARowWithItsLastWords) {
  FakeSubjectFixture fake_subject("echo first >&2; echo 'no luck' >&2; exit 7\n");
  const auto result = fake_subject.run();
  EXPECT_EQ(result.status, 4);
  const auto rows = first_attempts(fake_subject.out());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::died);
  EXPECT_THAT(rows[0].outcome_detail, AllOf(HasSubstr("exited with 7"), HasSubstr("no luck")));
  EXPECT_THAT(result.output, HasSubstr("died"));
}

TEST(Run, ASubjectThatDiesForWantOfProcessesIsALimitInItsOwnWords) {
  FakeSubjectFixture fake_subject("echo 'fork the first worker: Resource temporarily unavailable' >&2; exit 1\n");
  EXPECT_EQ(fake_subject.run().status, 4);
  const auto rows = first_attempts(fake_subject.out());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::limit);
  EXPECT_EQ(rows[0].outcome_detail,
            "the subject exited with 1: fork the first worker: Resource temporarily unavailable");
}

TEST(Run, ASubjectThatNeverGetsReadyIsARow) {
  FakeSubjectFixture fake_subject("exec sleep 1000\n");
  EXPECT_EQ(fake_subject.run().status, 4);
  const auto rows = first_attempts(fake_subject.out());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::died);
  EXPECT_THAT(rows[0].outcome_detail, HasSubstr("not ready within"));
}

TEST(Run, ASubjectThatServesAnotherWorkloadIsCaughtByTheVerification) {
  FakeSubjectFixture fake_subject("shift 3; exec " BAKEOFF_BIN_DIR
                                  "/bakeoff-subject serve event-loop http \"$1\" \"$2\"\n");
  EXPECT_EQ(fake_subject.run().status, 4);
  const auto rows = first_attempts(fake_subject.out());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].outcome, journal::Outcome::errors);
  EXPECT_THAT(rows[0].outcome_detail, HasSubstr("verify"));
}

TEST(Run, TooFewDescriptorsIsARowThatNamesTheLimit) {
  std::string toml = kSmallExperiment;
  toml.replace(toml.find("connections = 4"), 15, "connections = 200\ntimeout_s = 0.5");
  const TinyRun fixture(toml);
  Call call(bakeoff_program(),
            {"run", fixture.file(), "--out", fixture.out(), "--workloads", "echo", "--budget", "1ms"},
            {"prlimit", "--nofile=100"});
  call.finish();
  const auto rows = first_attempts(fixture.out());
  ASSERT_EQ(rows.size(), 2U) << "the run goes on";
  for (const journal::Trial& row : rows) {
    EXPECT_EQ(row.outcome, journal::Outcome::limit) << row.outcome_detail;
    EXPECT_EQ(row.descriptor_limit, 100U);
  }
}

TEST(Run, EndsOnATerminalWithWhatToDoNextAndTellsNoScript) {
  const TinyRun fixture;
  const auto piped = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  EXPECT_THAT(piped.errors, Not(HasSubstr("next: ")));
  if (subjects::find_program("script").empty()) GTEST_SKIP() << "needs script (bsdutils)";
  constexpr int kNoValidNumber = 4, kAttempts = 3;
  Call::Result shown;
  std::string out, line;
  for (int i = 0; i < kAttempts && (i == 0 || shown.status == kNoValidNumber); ++i) {
    out = fixture.out() + std::to_string(i);
    line = bakeoff_program().string() + " run " + fixture.file() + " --out " + out;
    shown = Call("script", {"-qec", line, "/dev/null"}).finish();
  }
  if (shown.status == kNoValidNumber) GTEST_SKIP() << "others were on the CPUs in all runs: " << shown.output;
  EXPECT_EQ(shown.status, 0) << shown.output << shown.errors;
  EXPECT_THAT(unwrapped(shown.output), HasSubstr("next: `bakeoff report " + out + " --format html --open` shows this"));
  const auto resumed = Call("script", {"-qec", line + " --resume", "/dev/null"}).finish();
  EXPECT_THAT(resumed.output, Not(HasSubstr("next: "))) << "who resumes a run knows what for";
}

}  // namespace
}  // namespace bakeoff::e2e

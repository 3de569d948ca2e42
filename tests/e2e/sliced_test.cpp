// Blocks in slices, from the command line to the rows: what a row says of its slices, what happens to the others when
// one subject fails, and when the subjects run one after the other instead. The other build is a script around this
// one's bakeoff-subject.
#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <thread>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/slices.h"
#include "tests/e2e/fake_subject.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kSubject = BAKEOFF_BIN_DIR "/bakeoff-subject";

struct SlicedRun : subjects::ScratchFolder {
  explicit SlicedRun(const std::string& table = "workload = \"counter\"", const std::string& more = "") {
    test::write_text(file(), "name = \"sliced\"\nsubjects = [\"threads\", \"event-loop\"]\nblocks = 1\n" + more +
                                 "[[tables]]\nconnections = 4\nwindow_s = 0.4\nwarmup_s = 0.05\n" + table + "\n");
  }
  std::string file() const { return path() / "sliced.toml"; }
  std::string out() const { return path() / "out"; }

  /// The first attempt of each subject.
  std::map<std::string, journal::Trial> rows() const {
    std::map<std::string, journal::Trial> rows;
    for (const journal::Trial& row : journal::read_journal(out()).trials) {
      if (row.attempt == 1) rows.emplace(row.subject, row);
    }
    return rows;
  }
  /// Runs with another build whose subjects are started as `serve` says.
  Call::Result run_against(const std::string& serve) const {
    write_fake_subject(path() / "other/bin", serve);
    return bakeoff_call({"run", file(), "--out", out(), "--against", path() / "other"});
  }
};

void expect_measured(const journal::Trial& row) {
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.subject << ": " << row.outcome_detail;
  ASSERT_TRUE(row.client && row.subject_cost) << row.subject;
  EXPECT_EQ(row.slices.size(), 4U) << row.subject;
}

TEST(Sliced, ARowHasItsSlicesAndItsFiguresAreTheirs) {
  const SlicedRun fixture;
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  EXPECT_THAT(result.output, HasSubstr("in 4 alternating slices of 100 ms")) << result.errors;
  const auto rows = fixture.rows();
  ASSERT_EQ(rows.size(), 2U) << result.errors;
  std::map<std::pair<std::uint64_t, std::uint64_t>, int> places;
  for (const auto& [name, row] : rows) {
    expect_measured(row);
    EXPECT_EQ(row.one_by_one, "");
    double cpu_us = 0;
    std::uint64_t replies = 0;
    for (const journal::SliceFacts& slice : row.slices) {
      EXPECT_NEAR(slice.window_s, 0.1, 0.02) << name;
      EXPECT_GT(slice.replies, 0U) << name;
      ++places[{slice.round, slice.place}];
      if (!journal::counts(row, slice)) continue;
      cpu_us += slice.cpu_us.value_or(0);
      replies += slice.replies;
    }
    EXPECT_EQ(row.client->replies_ok, replies);
    EXPECT_NEAR(*row.subject_cost->cpu_us, cpu_us, 1) << name;
    EXPECT_EQ(row.client->latency_us.at("total").count, row.client->requests) << "each request once, drained or not";
    EXPECT_LT(row.subject_cost->cpu_at_rest_share.value_or(0), 0.02) << name;
    // Both sides' own accounts of the whole trial: warm-up, cold beginnings and slices that were left out too.
    EXPECT_EQ(row.client_receipt->requests, row.client_receipt->acknowledged);
    EXPECT_EQ(row.server_receipt->requests, row.client_receipt->requests);
    EXPECT_EQ(row.server_receipt->final_counter, row.client_receipt->increments_acknowledged);
  }
  EXPECT_EQ(places.size(), 8U) << "one slice at a time";
}

TEST(Sliced, OpenLoadsKeepTheirRateInEverySlice) {
  const SlicedRun fixture("workload = \"http\"\nrequest = \"/id/{k}\"\nload = \"open\"\nrate_rps = 2000");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  for (const auto& [name, row] : fixture.rows()) {
    ASSERT_TRUE(row.client) << name << ": " << row.outcome_detail;
    EXPECT_EQ(row.slices.size(), 4U) << name;
    EXPECT_NEAR(row.client->offered_rps.value_or(0), 2000, 100) << name;
    // What is due in a slice is asked for and answered, if late: on a busy machine the replies come behind the slice,
    // and then throughput, which counts those in time, is rightly lower and the row says "overloaded".
    for (const journal::SliceFacts& slice : row.slices) {
      EXPECT_NEAR(static_cast<double>(slice.replies), 2000 * slice.window_s, 4) << name;
    }
  }
  EXPECT_EQ(fixture.rows().size(), 2U) << result.errors;
}

TEST(Sliced, OneByOneIsAskedForOrFollowsFromTheTableAndTheCaptionSaysWhy) {
  const SlicedRun asked;
  const auto result = bakeoff_call({"run", asked.file(), "--out", asked.out(), "--one-by-one", "--format", "md"});
  EXPECT_THAT(result.output, HasSubstr("one after the other: asked for")) << result.errors;
  for (const auto& [name, row] : asked.rows()) EXPECT_TRUE(row.slices.empty()) << name;
  EXPECT_TRUE(journal::read_manifest(asked.out()).one_by_one);

  const SlicedRun crowd("workload = \"echo\"\nidle = 5");
  EXPECT_THAT(bakeoff_call({"run", crowd.file(), "--out", crowd.out(), "--format", "md"}).output,
              HasSubstr("one after the other: there are connections beside the load"))
      << "where a caption is one line";
}

TEST(Sliced, ASubjectThatDiesBetweenItsSlicesSaysSoAndTheOthersStand) {
  const SlicedRun fixture;
  const auto result = fixture.run_against(
      "case $2 in threads) exec " + std::string(kSubject) + " \"$@\";; esac\n" + kSubject +
      " \"$@\" & child=$!\ntrap 'kill $child; wait $child; exit 0' TERM\nsleep 0.7; kill -9 $child; exit 7\n");
  const auto rows = fixture.rows();
  ASSERT_EQ(rows.size(), 4U) << result.errors;
  EXPECT_EQ(rows.at("event-loop@other").outcome, journal::Outcome::died) << rows.at("event-loop@other").outcome_detail;
  EXPECT_THAT(rows.at("event-loop@other").outcome_detail, testing::Not(HasSubstr("when told to stop")));
  expect_measured(rows.at("threads"));
  expect_measured(rows.at("threads@other"));
  expect_measured(rows.at("event-loop"));
}

TEST(Sliced, ASubjectThatStopsAnsweringTakesNoPartInFurtherSlices) {
  const SlicedRun fixture(
      "workload = \"http\"\nrequest = \"/id/{k}\"\nload = \"open\"\nrate_rps = 1000\ntimeout_s = 0.5");
  // Warm-up 50, then 10 + 100 requests per slice: in the third one.
  const auto result = fixture.run_against(
      "case $2 in threads) stall=;; *) stall='--fault-stall-at 330 --fault-stall-ms "
      "20000';; esac\nexec " +
      std::string(kSubject) + " \"$@\" $stall\n");
  const auto rows = fixture.rows();
  ASSERT_EQ(rows.size(), 4U) << result.errors;
  const journal::Trial& stalled = rows.at("event-loop@other");
  EXPECT_EQ(stalled.slices.size(), 3U);
  EXPECT_NE(stalled.outcome, journal::Outcome::ok);
  ASSERT_TRUE(stalled.client);
  EXPECT_GT(stalled.client->unfinished, 0U);
  expect_measured(rows.at("threads"));
  expect_measured(rows.at("event-loop"));
}

TEST(Sliced, CtrlCKeepsTheBlocksThatAreDone) {
  const SlicedRun fixture;
  Call call(bakeoff_program(), {"run", fixture.file(), "--out", fixture.out(), "--blocks", "50"});
  const std::filesystem::path rows = fixture.out() + "/trials.jsonl";
  for (int tries = 0; tries < 1000; ++tries) {
    if (std::filesystem::exists(rows) && std::filesystem::file_size(rows) != 0) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // In the middle of the next block.
  ::kill(call.process().pid(), SIGINT);
  const auto ended = call.finish();
  EXPECT_EQ(ended.status, 130) << ended.errors;
  const auto kept = journal::read_journal(fixture.out()).trials;
  EXPECT_GE(kept.size(), 2U);
  EXPECT_EQ(kept.size() % 2, 0U) << "the rows of a block are kept together";
  EXPECT_THAT(ended.errors, HasSubstr("interrupted"));
}

// By the clock the last of the replies, which are all due at the same moments, would come after the window.
TEST(Sliced, AWindowOfWaitsOfAFixedTimeEndsWithTheLastReply) {
  const SlicedRun fixture("workload = \"http\"\nrequest = \"/wait/{fixed:150000}\"\nwarm_up = \"fixed\"");
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out()});
  EXPECT_THAT(result.output, HasSubstr("one after the other")) << result.errors;
  const auto rows = fixture.rows();
  ASSERT_EQ(rows.size(), 2U) << result.errors;
  for (const auto& [name, row] : rows) {
    ASSERT_TRUE(row.client) << name << ": " << row.outcome_detail;
    EXPECT_TRUE(row.slices.empty()) << name;
    EXPECT_GE(row.client->requests, 4U) << name;
    EXPECT_EQ(row.client->replies_ok, row.client->requests) << name;
    EXPECT_LT(row.client->throughput_rps, 4 / 0.15) << name << ": no faster than the waits allow";
    EXPECT_GT(row.subject_cost->cpu_us_per_request, 0) << name;
    const auto reason = row.validity.find("cpu_per_request");
    EXPECT_TRUE(reason == row.validity.end() || reason->second != "read-late") << name;
  }
}

}  // namespace
}  // namespace bakeoff::e2e

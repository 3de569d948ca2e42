// Two builds in one run. The other build is a script around this one's bakeoff-subject that makes it more expensive.
#include <gmock/gmock.h>

#include <map>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "tests/e2e/fake_subject.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

// Requests that are nearly all computing, so that what the script adds is what is measured.
const char* const kWork = R"(name = "work"
subjects = ["threads", "event-loop"]
blocks = 8

[[tables]]
workload = "http"
request = "/work/100000"
connections = 2
window_s = 0.15
warmup_s = 0
)";

struct AgainstRun : subjects::ScratchFolder {
  AgainstRun() { test::write_text(file(), kWork); }
  std::string file() const { return path() / "work.toml"; }
  std::string out() const { return path() / "out"; }
  std::string other() const { return path() / "other"; }
};

TEST(Against, AMoreExpensiveSubjectOfTheOtherBuildIsFoundAndAnEqualOneIsNot) {
  const AgainstRun fixture;
  write_fake_subject(fixture.other() + "/bin",
                     "case $2 in event-loop) extra=30;; *) extra=0;; esac\n"
                     "exec " BAKEOFF_BIN_DIR "/bakeoff-subject \"$@\" --fault-extra-work $extra\n");
  const auto result = bakeoff_call(
      {"run", fixture.file(), "--out", fixture.out(), "--against", fixture.other(), "--fail-on-regression", "5%"});
  const journal::Journal journal = journal::read_journal(fixture.out());
  std::map<std::string, int> rows;
  std::map<std::string, std::string> hashes;
  for (const journal::Trial& row : journal.trials) {
    rows[row.subject] += row.attempt == 1;
    hashes[row.subject] = row.subject_hash;
  }
  EXPECT_EQ(rows, (std::map<std::string, int>{
                      {"threads", 8}, {"threads@other", 8}, {"event-loop", 8}, {"event-loop@other", 8}}));
  EXPECT_EQ(hashes["threads"], hashes["event-loop"]);
  EXPECT_NE(hashes["threads"], hashes["threads@other"]);
  const journal::Manifest manifest = journal::read_manifest(fixture.out());
  EXPECT_THAT(manifest.against, HasSubstr("other/bin/bakeoff-subject"));
  EXPECT_EQ(manifest.against_hash, hashes["threads@other"]);
  // Neighbours may void so many blocks that nothing can be told, and a hypervisor may take CPUs without saying so; a
  // wrong answer they cannot excuse.
  EXPECT_THAT(result.output + result.errors,
              AnyOf(HasSubstr("other build worse"), HasSubstr("noisy"), HasSubstr("cannot tell in http: event-loop")));
  EXPECT_THAT(result.output, testing::Not(HasSubstr("this build worse  ")));
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  EXPECT_THAT(bakeoff_call({"report", fixture.out()}).output, HasSubstr("this/other"));
}

TEST(Against, ARegressionOfThisBuildExitsWithThree) {
  const AgainstRun fixture;
  // This build is the more expensive one: a copy of bakeoff beside the script.
  write_fake_subject(fixture.path() / "bin", "exec " BAKEOFF_BIN_DIR "/bakeoff-subject \"$@\" --fault-extra-work 50\n");
  std::filesystem::copy(bakeoff_program(), fixture.path() / "bin/bakeoff");
  Call::Result result;
  constexpr int kAttempts = 3;
  for (int i = 0; i < kAttempts && result.output.find("this build worse") == std::string::npos; ++i) {
    result = Call(fixture.path() / "bin/bakeoff",
                  {"run", fixture.file(), "--out", fixture.out() + std::to_string(i), "--subjects", "event-loop",
                   "--against", BAKEOFF_BIN_DIR, "--fail-on-regression", "5%"})
                 .finish();
  }
  if (result.output.find("this build worse") == std::string::npos) {
    EXPECT_THAT(result.output + result.errors, AnyOf(HasSubstr("noisy"), HasSubstr("cannot tell in http: event-loop")));
    GTEST_SKIP() << "others were on the CPUs in all runs: nothing could be told";
  }
  EXPECT_EQ(result.status, 3) << result.output << result.errors;
  EXPECT_THAT(result.errors, HasSubstr("regression in http: event-loop"));
}

TEST(Against, TooFewBlocksToTellAreNoPassedGateUnlessThatIsAskedFor) {
  const AgainstRun fixture;
  const std::vector<std::string> gate{"run",
                                      fixture.file(),
                                      "--out",
                                      fixture.out(),
                                      "--subjects",
                                      "event-loop",
                                      "--blocks",
                                      "2",
                                      "--against",
                                      BAKEOFF_BIN_DIR,
                                      "--budget",
                                      "1ms",
                                      "--fail-on-regression",
                                      "5%",
                                      "--unknown=pass"};
  const auto result = bakeoff_call(gate);
  // The same status where the gate held without knowing, which is not asked for here.
  if (result.status == 4 && result.errors.find("cannot tell in") == std::string::npos) {
    GTEST_SKIP() << "others were on the CPUs: no valid number, and so no gate: " << result.errors;
  }
  EXPECT_EQ(result.status, 0) << result.errors;
  EXPECT_THAT(result.errors, AllOf(HasSubstr("cannot tell in http: event-loop"), HasSubstr("PASSED WITHOUT KNOWING")));
  std::vector<std::string> strict = gate;
  strict.pop_back();
  strict.insert(strict.end(), {"--resume"});
  EXPECT_EQ(bakeoff_call(strict).status, 4) << "the same rows, by the default";
}

TEST(Against, SaysWhatIsWrongWithABuildOrAGate) {
  const AgainstRun fixture;
  const auto errors = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"run", fixture.file(), "--out", fixture.out()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = bakeoff_call(arguments);
    EXPECT_EQ(result.status, 2) << result.errors;
    return result.errors;
  };
  EXPECT_THAT(errors({"--against", "/nowhere"}), HasSubstr("--against: found no bakeoff-subject in /nowhere"));
  EXPECT_THAT(errors({"--fail-on-regression", "5%"}), HasSubstr("found no --against"));
  EXPECT_THAT(errors({"--against", BAKEOFF_BIN_DIR, "--unknown", "fail"}), HasSubstr("found no --fail-on-regression"));
  EXPECT_THAT(errors({"--against", BAKEOFF_BIN_DIR, "--fail-on-regression", "much"}),
              HasSubstr("--fail-on-regression: found \"much\", expected a share"));
  EXPECT_THAT(errors({"--precision", "0"}), HasSubstr("--precision: found \"0\""));
  EXPECT_THAT(errors({"--blocks", "0"}), HasSubstr("--blocks: found \"0\", expected a whole number from 1 to 10000"));
  EXPECT_FALSE(std::filesystem::exists(fixture.out())) << "nothing was begun";
}

TEST(DryRun, PrintsThePlanAndTheTimeAndStartsNothing) {
  const AgainstRun fixture;
  const auto result = bakeoff_call({"run", fixture.file(), "--out", fixture.out(), "--dry-run", "--precision", "2%"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.output,
              AllOf(HasSubstr("1 table x 8 to 100 blocks x 2 subjects, until every ratio is known to ±2.0 %"),
                    HasSubstr("block 100")));
  EXPECT_FALSE(std::filesystem::exists(fixture.out()));
}

}  // namespace
}  // namespace bakeoff::e2e

// Standard streams that are closed, full, or whose reader has gone.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "tests/e2e/program.h"

namespace bakeoff::e2e {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

const std::string kRecorded = BAKEOFF_SOURCE_DIR "/results/quick";

/// bakeoff by a shell that does `redirection` with it.
Call::Result redirected(const std::string& redirection, const std::vector<std::string>& arguments) {
  return Call(bakeoff_program(), arguments, {"bash", "-c", "\"$@\" " + redirection, "bash"}).finish();
}

/// Its stdout, or stdout and stderr, is a pipe that nobody reads any more.
Call::Result unread(const std::string& redirection, const std::vector<std::string>& arguments) {
  return Call(bakeoff_program(), arguments,
              {"bash", "-c", "exec 3> >(:); wait $!; \"$@\" " + redirection + " 3>&-", "bash"})
      .finish();
}

struct ClosedStreamRun : subjects::ScratchFolder {
  ClosedStreamRun() { test::write_text(file(), kTinyExperiment); }
  std::string file() const { return path() / "tiny.toml"; }
  std::string out() const { return path() / "out"; }
  std::vector<std::string> run() const { return {"run", file(), "--out", out()}; }

  /// One document per line and nothing else, the manifest likewise, and a report.
  void expect_whole() const {
    EXPECT_FALSE(journal::read_journal(out()).trials.empty());
    EXPECT_TRUE(journal::read_journal(out()).notes.empty());
    std::istringstream lines(test::contents_of(out() + "/" + journal::kTrialsFile));
    for (std::string line; std::getline(lines, line);) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    EXPECT_TRUE(journal::read_manifest(out()).ended);
    EXPECT_THAT(test::contents_of(out() + "/report.md"), HasSubstr("| threads |"));
  }
};

TEST(ClosedDescriptors, LeaveRowsManifestAndReportWhole) {
  for (const char* closed : {"2>&-", "<&- 2>&-"}) {
    const ClosedStreamRun fixture;
    const auto result = redirected(closed, fixture.run());
    EXPECT_THAT(result.status, AnyOf(0, 4)) << closed << result.errors;
    EXPECT_THAT(result.output, HasSubstr("CPU us/req")) << closed;
    fixture.expect_whole();
  }
  for (const char* closed : {">&-", "<&- >&- 2>&-"}) {
    const ClosedStreamRun fixture;
    EXPECT_EQ(redirected(closed, fixture.run()).status, 1) << closed << ": the tables went nowhere";
    fixture.expect_whole();
  }
}

TEST(ClosedDescriptors, OfStdoutAreToldWhereverSomethingIsPrinted) {
  for (const char* closed : {">&-", "<&- >&-"}) {
    const auto result = redirected(closed, {"report", kRecorded});
    EXPECT_EQ(result.status, 1);
    EXPECT_EQ(result.errors, "bakeoff: cannot write to stdout: Bad file descriptor\n");
  }
  EXPECT_EQ(redirected("2>&-", {"nothing"}).status, 2) << "messages that nobody wants are not missed";
}

TEST(ClosedDescriptors, OfTheSubjectAreToldToo) {
  const auto subject = std::filesystem::path(BAKEOFF_BIN_DIR) / "bakeoff-subject";
  for (const char* closed : {">&-", "<&- >&- 2>&-", ">/dev/full"}) {
    const auto result = Call(subject, {"describe"}, {"bash", "-c", std::string("\"$@\" ") + closed, "bash"}).finish();
    EXPECT_EQ(result.status, 1) << closed;
  }
  EXPECT_EQ(Call(subject, {"describe"}, {"bash", "-c", "\"$@\" <&- 2>&-", "bash"}).finish().status, 0);
}

TEST(ClosedDescriptors, DoNotDisturbALoad) {
  const auto subject = std::filesystem::path(BAKEOFF_BIN_DIR) / "bakeoff-subject";
  Call server(subject, {"serve", "threads", "echo"});
  const auto ready = server.process().read_line(std::chrono::seconds{10});
  ASSERT_TRUE(ready);
  const auto port = nlohmann::json::parse(*ready).at("port").get<int>();
  const auto result = redirected("<&-", {"load", "tcp://127.0.0.1:" + std::to_string(port), "-c", "1", "-d", "100ms",
                                         "--warmup", "10ms", "--no-ceiling", "--format", "json"});
  server.process().stop();
  EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;
  EXPECT_TRUE(nlohmann::json::accept(result.output)) << result.output;
}

TEST(FullDisk, IsToldByEveryCommandThatPrints) {
  const std::vector<std::vector<std::string>> commands{
      {"--help"},
      {"version"},
      {"list"},
      {"list", "--format", "json"},
      {"run", "quick", "--dry-run", "--format", "json"},
      {"report", kRecorded},
      {"report", kRecorded, "--format", "csv"},
      {"report", kRecorded, "--format", "json"},
      {"compare", kRecorded, std::string(BAKEOFF_SOURCE_DIR) + "/results/redis", "--floor", "threads"},
      {"doctor", "--format", "json"},
      {"job", "thread", "count", "--units", "1", "--size", "1000", "--format", "json"},
      {"probe", "isolation", "--format", "json"},
  };
  for (const auto& command : commands) {
    const auto result = redirected(">/dev/full", command);
    EXPECT_EQ(result.status, 1) << testing::PrintToString(command) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("bakeoff: cannot write to stdout: No space left on device\n"))
        << testing::PrintToString(command);
  }
  EXPECT_EQ(redirected("2>/dev/full", {"nothing"}).status, 1) << "its message is lost";
}

TEST(FullDisk, UnderStdoutCostsARunNoRow) {
  const ClosedStreamRun fixture;
  const auto result = redirected(">/dev/full", fixture.run());
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, HasSubstr("rows and report: "));
  EXPECT_THAT(result.errors, HasSubstr("cannot write to stdout: No space left on device"));
  fixture.expect_whole();
}

TEST(AReaderThatHasGone, CostsARunNothingAndIsNoFailure) {
  for (const char* pipe : {">&3", ">&3 2>&1"}) {
    const ClosedStreamRun fixture;
    const auto result = unread(pipe, fixture.run());
    EXPECT_THAT(result.status, AnyOf(0, 4)) << pipe;
    EXPECT_THAT(result.errors, testing::Not(HasSubstr("cannot"))) << pipe;
    fixture.expect_whole();
  }
}

TEST(AReaderThatHasGone, IsMetWithSilence) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"list"}, {"--help"}, {"report", kRecorded, "--format", "json"}, {"version"}}) {
    const auto result = unread(">&3", command);
    EXPECT_EQ(result.status, 0) << command[0];
    EXPECT_EQ(result.errors, "") << command[0];
  }
  EXPECT_EQ(unread("2>&3", {"nothing"}).status, 2);
}

}  // namespace
}  // namespace bakeoff::e2e

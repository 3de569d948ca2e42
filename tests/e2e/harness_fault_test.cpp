// What bakeoff cannot do itself is one error before the first trial, not a row of every subject; what a subject cannot
// do in any block is found out once.
#include <gmock/gmock.h>

#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class TemporaryFolder : public testing::TestWithParam<const char*> {};

TEST_P(TemporaryFolder, ThatCannotBeUsedIsOneErrorBeforeTheFirstTrial) {
  const ForeignServerFixture fixture;
  const auto measured = fixture.finish(
      {"run", fixture.experiment("workload = \"http\"", "\"threads\", \"prefork\""), "--out", fixture.out()},
      {"env", std::string("TMPDIR=") + GetParam()});
  EXPECT_EQ(measured.call.status, 1);
  EXPECT_THAT(measured.call.errors, AllOf(StartsWith("bakeoff: "), HasSubstr("TMPDIR"), HasSubstr(GetParam())));
  EXPECT_EQ(std::count(measured.call.errors.begin(), measured.call.errors.end(), '\n'), 1) << measured.call.errors;
  EXPECT_EQ(measured.call.output, "");
  EXPECT_FALSE(std::filesystem::exists(fixture.out())) << "a run that measured nothing";
}

// One that is not there, a file, and a folder in which nobody can make anything, root included.
INSTANTIATE_TEST_SUITE_P(Unusable, TemporaryFolder, testing::Values("/no/such/folder", "/etc/passwd", "/proc"));

TEST(HarnessFault, TooFewDescriptorsForAllTrialsEndTheRunWithOneErrorAndAreNoRowOfASubject) {
  const ForeignServerFixture fixture;
  const std::vector<std::string> run{"run", fixture.experiment("workload = \"http\"", "\"threads\", \"prefork\""),
                                     "--out", fixture.out()};
  int ended = 0;
  // Too few to ask what there is, too few to start a subject, too few for the load, in steps that need not be known.
  for (const int limit : {12, 14, 15, 16, 17, 18, 20, 24}) {
    SCOPED_TRACE(limit);
    const auto measured = fixture.finish(run, {"prlimit", fmt::format("--nofile={0}:{0}", limit)});
    if (measured.call.status == 1) {
      ++ended;
      EXPECT_THAT(measured.call.errors, HasSubstr("Too many open files"));
      EXPECT_EQ(measured.rows.size(), 0U);
      continue;
    }
    EXPECT_EQ(measured.rows.size(), 2U) << measured.call.errors;
    for (const journal::Trial& row : measured.rows) {
      // What the agents may hold is a limit that is named with its number.
      EXPECT_TRUE(row.outcome == journal::Outcome::ok || row.outcome == journal::Outcome::limit) << row.outcome_detail;
      EXPECT_THAT(row.outcome_detail, Not(HasSubstr("Too many open files")));
    }
  }
  EXPECT_GT(ended, 0);
}

/// Only its owner may go through it.
std::filesystem::path closed_folder_in(const ForeignServerFixture& fixture) {
  std::filesystem::path closed = fixture.path() / "closed";
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
  return closed;
}

TEST(HarnessFault, AServerThatNobodyMayReachSaysAsWhomItRanAndWhichFolderIsClosed) {
  if (::geteuid() != 0) GTEST_SKIP() << "only a bakeoff that is root starts servers as somebody else";
  const ForeignServerFixture fixture;
  const std::filesystem::path closed = closed_folder_in(fixture);
  std::filesystem::copy(fixture.program(), closed / "server");
  fixture.add("toy", fmt::format("\"{}\", \"serve\", \"threads\", \"http\", \"--port\", \"@port@\"",
                                 (closed / "server").string()));
  const auto measured = fixture.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::not_run);
  EXPECT_THAT(measured.rows[0].outcome_detail,
              AllOf(StartsWith((closed / "server").string() + " cannot be executed as nobody (uid 65534)"),
                    HasSubstr("the folder " + closed.string() + " is closed to that user (mode 0700, owner 0)")));
}

TEST(HarnessFault, AProgramThatMayNotBeExecutedByAnybodySaysSoAndNotOnlyThatItIsNeeded) {
  const ForeignServerFixture fixture;
  const std::string program = fixture.path() / "plain";
  test::write_text(program, "no program");
  fixture.add("toy", fmt::format("\"{}\"", program));
  const auto measured = fixture.measure("toy");
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_THAT(measured.rows[0].outcome_detail,
              StartsWith("needs " + program + ": the file " + program + " may not be executed"));
}

TEST(HarnessFault, APrivateFolderThatNobodyMayReachIsNamedToo) {
  if (::geteuid() != 0) GTEST_SKIP() << "only a bakeoff that is root starts servers as somebody else";
  const ForeignServerFixture fixture;
  const std::filesystem::path closed = closed_folder_in(fixture);
  fixture.add_script("toy", "exec $server");
  const auto measured = fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"),
                                       {"env", "TMPDIR=" + closed.string()});
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::not_run);
  EXPECT_THAT(
      measured.rows[0].outcome_detail,
      AllOf(HasSubstr("nobody"), HasSubstr("the folder " + closed.string() + " is closed"), HasSubstr("TMPDIR")));
}

TEST(HarnessFault, AServerThatAnswersWronglyIsStartedOnceHoweverManyBlocksThereAreAndAcrossAResume) {
  const ForeignServerFixture fixture;
  fixture.add_script("wrong",
                     "echo started >>$open/starts\nexec $(echo $server | sed s/http/echo/) --message-bytes 16");
  auto arguments = fixture.run_arguments(fixture.experiment("workload = \"http\""), "wrong");
  arguments.insert(arguments.end(), {"--blocks", "2"});
  fixture.finish(arguments);
  const auto began = journal::read_journal(fixture.out()).trials;
  ASSERT_EQ(began.size(), 2U);
  EXPECT_EQ(began[0].outcome, journal::Outcome::errors);
  EXPECT_THAT(began[0].outcome_detail, StartsWith("verify: expected "));
  EXPECT_EQ(began[1].outcome, journal::Outcome::not_run);
  EXPECT_EQ(began[1].outcome_detail, "not started again: it answered wrongly in block 1");
  EXPECT_EQ(fixture.noted("starts"), "started\n");

  arguments.insert(arguments.end(), {"--resume"});
  arguments[arguments.size() - 2] = "3";
  const auto resumed = Call(bakeoff_program(), arguments).finish();
  const auto rows = journal::read_journal(fixture.out()).trials;
  ASSERT_EQ(rows.size(), 3U) << resumed.errors;
  EXPECT_EQ(rows[2].outcome, journal::Outcome::not_run);
  EXPECT_EQ(fixture.noted("starts"), "started\n");
  // The reader sees what was wrong with it all the same.
  EXPECT_THAT(resumed.output, AllOf(HasSubstr("wrong: errors in 1 of 3 trials: verify: expected "),
                                    HasSubstr("not-run in 2 of 3 trials")));
}

TEST(HarnessFault, AServerThatDiedMayHaveHadBadLuckAndIsStartedInEveryBlock) {
  const ForeignServerFixture fixture;
  fixture.add_script("dies", "echo started >>$open/starts\necho 'Address already in use' >&2\nexit 1");
  auto arguments = fixture.run_arguments(fixture.experiment("workload = \"http\""), "dies");
  arguments.insert(arguments.end(), {"--blocks", "2"});
  fixture.finish(arguments);
  EXPECT_EQ(fixture.noted("starts"), "started\nstarted\n");
}

}  // namespace
}  // namespace bakeoff::e2e

// Foreign servers that do not behave, and harnesses that end in the middle of a trial: every fault is a row in words,
// and nothing is left.
#include <gmock/gmock.h>

#include "harness/measure/cgroup.h"
#include "tests/e2e/foreign_server_fixture.h"

namespace bakeoff::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

/// The one row of a server that was measured alone. Nothing of it may be left, whatever it did.
journal::Trial the_row(const ForeignServerFixture& fixture) {
  const auto measured = fixture.measure("toy");
  EXPECT_EQ(private_folders_of(measured.harness), 0) << "a private folder is left";
  EXPECT_TRUE(nothing_is_left()) << "a process is left";
  EXPECT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  return measured.rows.empty() ? journal::Trial{} : measured.rows[0];
}

TEST(ForeignFault, OneThatDiesAtOnceIsARowWithItsLastWords) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "echo reading the configuration\necho 'unknown directive: sped' >&2\nexit 3");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::died);
  EXPECT_EQ(row.outcome_detail, "the subject exited with 3: reading the configuration | unknown directive: sped");
}

TEST(ForeignFault, OneThatListensElsewhereIsNotReadyOnThePortThatItWasTold) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http")", "ready_s = 0.5");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::died);
  EXPECT_THAT(row.outcome_detail,
              AllOf(StartsWith("not ready within 50"), ContainsRegex("on port [0-9]+: "), HasSubstr("refused")));
}

TEST(ForeignFault, OneThatNeverListensIsNotReady) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "echo warming up\nsleep 300", "ready_s = 0.5");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::died);
  EXPECT_THAT(row.outcome_detail, AllOf(StartsWith("not ready within 50"), HasSubstr("it said: warming up")));
}

TEST(ForeignFault, OneThatAnswersWronglyIsToldWhatWasExpectedAndWhatCame) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "http", "--port", "@port@", "--fault-wrong-every", "1")");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::errors);
  EXPECT_THAT(row.outcome_detail, AllOf(HasSubstr("expected "), HasSubstr("Hello, World!"), HasSubstr(", got ")));
}

TEST(ForeignFault, OneThatServesSomethingElseIsToldWhatWasExpectedAndWhatCame) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy", R"("threads", "echo", "--port", "@port@", "--message-bytes", "16")");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::errors);
  EXPECT_THAT(row.outcome_detail, AllOf(HasSubstr("verify: "), HasSubstr("expected "), HasSubstr("GET / HTTP")));
}

TEST(ForeignFault, OneThatAcceptsAndNeverAnswersIsNotReady) {
  const ForeignServerFixture fixture;
  // It waits for the rest of a message that is longer than the request.
  fixture.add_server("toy", R"("threads", "echo", "--port", "@port@", "--message-bytes", "4096")", "ready_s = 0.5");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::died);
  EXPECT_THAT(row.outcome_detail, AllOf(StartsWith("not ready within 50"), HasSubstr("no reply")));
}

TEST(ForeignFault, OneThatDiesUnderTheLoadIsARowWithItsLastWords) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "$server &\nsleep 1.2\necho 'out of luck' >&2\nkill -9 $!\nexit 5");
  const auto measured =
      fixture.finish(fixture.run_arguments(fixture.experiment("workload = \"http\"", "\"threads\"", "5.0"), "toy"));
  ASSERT_EQ(measured.rows.size(), 1U) << measured.call.errors;
  EXPECT_EQ(measured.rows[0].outcome, journal::Outcome::died);
  EXPECT_THAT(measured.rows[0].outcome_detail, AllOf(HasSubstr("exited with 5"), HasSubstr("out of luck")));
  EXPECT_TRUE(nothing_is_left());
}

TEST(ForeignFault, OneThatIgnoresTheSignalIsKilledAndItsNumbersStay) {
  const ForeignServerFixture fixture;
  // The shell is told to go and does not; the server is its child.
  fixture.add_script("toy", "trap '' TERM\n$server &\necho $! >$open/server\nwait", "grace_s = 0.3");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
  ASSERT_TRUE(row.client && row.subject_cost);
  EXPECT_GT(row.client->replies_ok, 0U);
  EXPECT_TRUE(row.subject_cost->cpu_us_per_request);
  EXPECT_THAT(row.outcome_detail, ContainsRegex("^it did not end within 30[0-9] ms of SIGTERM and was killed$"));
  EXPECT_TRUE(is_gone(fixture.noted_pid("server")));
}

TEST(ForeignFault, AChildThatFledToAnotherSessionIsFoundAndEnded) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "setsid sleep 300 &\necho $! >$open/child\nexec $server");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::ok) << row.outcome_detail;
  EXPECT_EQ(row.outcome_detail, "it left 1 process behind, which was ended");
  EXPECT_TRUE(is_gone(fixture.noted_pid("child")));
}

TEST(ForeignFault, AChildThatHadEndedByItselfWasNotLeftBehind) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "true &\nexec $server");
  const journal::Trial row = the_row(fixture);
  EXPECT_EQ(row.outcome, journal::Outcome::ok);
  EXPECT_EQ(row.outcome_detail, "");
}

TEST(ForeignFault, AChildThatFledFromOneThatDiedIsEndedToo) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "setsid sleep 300 &\necho $! >$open/child\nexit 1");
  EXPECT_EQ(the_row(fixture).outcome, journal::Outcome::died);
  EXPECT_TRUE(is_gone(fixture.noted_pid("child")));
}

/// A run in the middle of a trial of half a minute: the server is a child of a shell, and there is a child that fled.
struct MidTrial {
  MidTrial()
      : call((fixture.add_script("toy",
                                 "setsid sleep 300 &\necho $! >$open/fled\n$server &\necho $! >$open/server\n"
                                 "echo $$ >$open/shell\nwait"),
              bakeoff_program()),
             fixture.run_arguments(fixture.experiment("workload = \"http\"", "\"threads\"", "30.0"), "toy")) {
    // The guard, the shell, the server, the one that fled, and the load agent, which comes last.
    under_way = test::eventually([&] { return measure::descendants(harness()).size() >= 6; });
    private_folders = private_folders_of(harness());
  }
  pid_t harness() { return call.process().pid(); }
  /// Everything but the one that fled.
  bool family_is_gone() const { return is_gone(fixture.noted_pid("shell")) && is_gone(fixture.noted_pid("server")); }

  ForeignServerFixture fixture;
  Call call;
  bool under_way = false;
  int private_folders = 0;
};

TEST(ForeignFault, AHarnessThatIsKilledTakesTheServerAndItsFolderWithIt) {
  MidTrial trial;
  ASSERT_TRUE(trial.under_way) << trial.call.errors_so_far();
  EXPECT_EQ(trial.private_folders, 1);
  const pid_t harness = trial.harness();
  ::kill(harness, SIGKILL);
  trial.call.finish();
  EXPECT_TRUE(test::eventually([&] { return trial.family_is_gone() && private_folders_of(harness) == 0; }));
  // Only a cgroup reaches a process that has made itself a session when nobody is there to adopt it.
  const pid_t fled = trial.fixture.noted_pid("fled");
  if (measure::Cgroup::create(fmt::format("{}{}-probe", subjects::ScratchFolder::kPrefix, ::getpid())).present()) {
    EXPECT_TRUE(test::eventually([&] { return is_gone(fled); }));
  } else if (fled > 1) {
    ::kill(fled, SIGKILL);
  }
  EXPECT_TRUE(test::eventually(nothing_is_left)) << "a process is left, the guard perhaps";
}

TEST(ForeignFault, AnInterruptTakesTheServerAndItsFolderWithIt) {
  for (const int signal : {SIGINT, SIGTERM}) {
    MidTrial trial;
    ASSERT_TRUE(trial.under_way) << trial.call.errors_so_far();
    const pid_t harness = trial.harness();
    ::kill(harness, signal);
    const auto result = trial.call.finish();
    EXPECT_EQ(result.status, 130) << result.errors;
    EXPECT_TRUE(trial.family_is_gone());
    EXPECT_TRUE(is_gone(trial.fixture.noted_pid("fled")));
    EXPECT_EQ(private_folders_of(harness), 0);
    EXPECT_TRUE(nothing_is_left());
  }
}

TEST(ForeignFault, AnInterruptBeforeItIsReadyEndsItToo) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "echo $$ >$open/shell\nsleep 300", "ready_s = 60");
  Call call(bakeoff_program(), fixture.run_arguments(fixture.experiment("workload = \"http\""), "toy"));
  const pid_t harness = call.process().pid();
  EXPECT_TRUE(test::eventually([&] { return fixture.noted_pid("shell") > 1; })) << call.errors_so_far();
  ::kill(harness, SIGINT);
  EXPECT_EQ(call.finish().status, 130);
  EXPECT_TRUE(is_gone(fixture.noted_pid("shell")));
  EXPECT_EQ(private_folders_of(harness), 0);
  EXPECT_TRUE(nothing_is_left());
}

}  // namespace
}  // namespace bakeoff::e2e

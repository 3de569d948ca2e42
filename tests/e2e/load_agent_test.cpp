// Load agents that are ended, or say nonsense: never the subject's fault, and never the end of a run.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

#include "harness/journal/reader.h"
#include "harness/measure/process_tree.h"
#include "harness/validity/validity.h"
#include "tests/e2e/program.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;

const char* const kOneTrial = R"(name = "one"
question = "Who is to blame?"
baseline = "threads"
subjects = ["threads"]
blocks = 1

[[tables]]
workload = "echo"
connections = 4
window_s = 1
warmup_s = 0
)";

bool is_load_agent(pid_t pid) {
  return test::contents_of("/proc/" + std::to_string(pid) + "/cmdline") == std::string("/proc/self/exe\0agent\0", 21);
}

/// Does `harm` to the first `agents` load agents of the call, each once, as soon as it is there.
void harm_agents(Call& call, std::size_t agents, const std::function<void(pid_t)>& harm) {
  std::set<pid_t> harmed;
  constexpr int kLooks = 10'000;
  for (int look = 0; look < kLooks && harmed.size() < agents; ++look) {
    for (const pid_t pid : measure::descendants(call.process().pid())) {
      if (harmed.size() < agents && !harmed.contains(pid) && is_load_agent(pid)) {
        harm(pid);
        harmed.insert(pid);
      }
    }
    ::poll(nullptr, 0, 1);
  }
  EXPECT_EQ(harmed.size(), agents);
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
}

void make_it_babble(pid_t pid) {
  const int output = ::open(("/proc/" + std::to_string(pid) + "/fd/1").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(output, 0);
  EXPECT_EQ(::write(output, "nonsense\n", 9), 9);
  ::close(output);
}

/// A run of one trial, whose first `agents` load agents are harmed.
struct OneTrial {
  OneTrial(std::size_t agents, const std::function<void(pid_t)>& harm) {
    test::write_text(folder.path() / "one.toml", kOneTrial);
    Call call(bakeoff_program(), {"run", folder.path() / "one.toml", "--out", folder.path() / "out"});
    harm_agents(call, agents, harm);
    result = call.finish();
    rows = journal::read_journal(folder.path() / "out").trials;
  }
  subjects::ScratchFolder folder;
  Call::Result result;
  std::vector<journal::Trial> rows;
};

TEST(LoadAgent, ThatIsKilledIsNoFaultOfTheSubjectAndTheTrialIsRunOnceMore) {
  const OneTrial one(1, end);
  ASSERT_EQ(one.rows.size(), 2U) << one.result.errors;
  EXPECT_EQ(one.rows[0].outcome, journal::Outcome::not_run);
  EXPECT_EQ(one.rows[0].outcome_detail, "a load agent was killed by SIGKILL before it gave its result");
  EXPECT_EQ(validity::void_reason(one.rows[0], validity::metric::kThroughput), "load-failed");
  EXPECT_FALSE(one.rows[0].client);
  EXPECT_EQ(one.rows[1].attempt, 2);
  EXPECT_EQ(one.rows[1].outcome, journal::Outcome::ok) << one.rows[1].outcome_detail;
  EXPECT_THAT(one.result.output, Not(HasSubstr("SIGKILL"))) << "the second attempt counts";
}

TEST(LoadAgent, ThatIsKilledEveryTimeLeavesARowThatSaysSoAndNoNumber) {
  const OneTrial one(2, end);
  ASSERT_EQ(one.rows.size(), 2U) << one.result.errors;
  EXPECT_EQ(one.result.status, 4);
  EXPECT_EQ(one.rows[1].outcome, journal::Outcome::not_run);
  EXPECT_THAT(one.result.output, HasSubstr("not-run: a load agent was killed by SIGKILL"));
}

TEST(LoadAgent, ThatTalksNonsenseEndsItsTrialAndNotTheRun) {
  const OneTrial one(1, make_it_babble);
  ASSERT_EQ(one.rows.size(), 2U) << one.result.errors;
  EXPECT_EQ(one.rows[0].outcome, journal::Outcome::not_run);
  EXPECT_THAT(one.rows[0].outcome_detail, HasSubstr("nonsense"));
  EXPECT_EQ(one.rows[1].outcome, journal::Outcome::ok) << one.rows[1].outcome_detail;
}

TEST(LoadAgent, OfASingleLoadThatIsKilledFailsInOneLineThatDoesNotBlameTheServer) {
  test::TinyServer server("http");
  Call call(bakeoff_program(), {"load", "http://127.0.0.1:" + std::to_string(server.port()) + "/", "-d", "3s"});
  harm_agents(call, 1, end);
  const auto result = call.finish();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.errors, "bakeoff: a load agent was killed by SIGKILL before it gave its result\n");
  EXPECT_EQ(result.output, "");
}

}  // namespace
}  // namespace bakeoff::e2e

// Every command with every newer system call refused, in both ways in which containers refuse one: it does its work all
// the same, or it says in one line which call is missing. Never does it say that it measured something when it did not,
// and never does it wait for what cannot come.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "harness/journal/reader.h"
#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kPatience = 30s;

const char* const kTiny = R"(name = "tiny"
subjects = ["threads"]
blocks = 1

[[tables]]
workload = "http"
connections = 2
window_s = 0.3
warmup_s = 0.05
)";

std::vector<std::string> refusing(const std::string& code, const std::string& call) {
  return {BAKEOFF_REFUSE_CALLS, code, call};
}

std::vector<std::string> load_of(const ServeCall& target) {
  return {"load", target.url(), "-c", "2", "-d", "300ms", "--warmup", "50ms", "--format", "json", "--no-ceiling"};
}

const std::vector<std::string> kServe{"serve", "threads", "http"};

/// One line, which names the call.
void expect_named(const Call::Result& result, const std::string& call) {
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.errors, StartsWith("bakeoff: "));
  EXPECT_THAT(result.errors, HasSubstr(call));
  EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
}

std::uint64_t replies_of_load(const Call::Result& result) {
  const json said = json::parse(result.output, nullptr, false);
  const json none = json::object();
  const json& client = said.is_object() && said.contains("client") ? said.at("client") : none;
  return client.value("replies_ok", std::uint64_t{0});
}

std::uint64_t replies_of_run(const std::filesystem::path& folder) {
  const auto rows = journal::read_journal(folder).trials;
  return !rows.empty() && rows[0].outcome == journal::Outcome::ok && rows[0].client ? rows[0].client->replies_ok : 0;
}

/// All four commands at once, so that a call takes no longer than the longest of them.
void try_commands(const std::string& code, const std::string& call) {
  SCOPED_TRACE(code + " for " + call);
  const auto prefix = refusing(code, call);
  const subjects::ScratchFolder folder;
  test::write_text(folder.path() / "tiny.toml", kTiny);
  const ServeCall target(kServe);  // To which nothing is refused.
  ASSERT_NE(target.port, "");
  Call load(bakeoff_program(), load_of(target), prefix);
  Call run(bakeoff_program(), {"run", folder.path() / "tiny.toml", "--out", folder.path() / "out"}, prefix);
  Call job(bakeoff_program(), {"job", "thread", "count", "--units", "2", "--size", "1000000"}, prefix);
  ServeCall serve(kServe, prefix);

  const auto loaded = load.finish(kPatience);
  if (loaded.status == 1) {
    expect_named(loaded, call);
  } else {
    EXPECT_GT(replies_of_load(loaded), 0U) << loaded.status << loaded.errors;
  }
  const auto ran = run.finish(kPatience);
  if (ran.status == 1) {
    expect_named(ran, call);
  } else {
    EXPECT_GT(replies_of_run(folder.path() / "out"), 0U)
        << ran.status << ran.errors << test::contents_of(folder.path() / "out/trials.jsonl");
  }
  const auto jobbed = job.finish(kPatience);
  if (jobbed.status == 1) {
    expect_named(jobbed, call);
  } else {
    EXPECT_EQ(jobbed.status, 0) << jobbed.errors;
    EXPECT_THAT(jobbed.output, HasSubstr("(2 units, executor thread): right"));
  }
  if (!serve.port.empty()) {
    EXPECT_GT(replies_of_load(bakeoff_call(load_of(serve))), 0U);
    EXPECT_TRUE(serve.call.process().stop(SIGINT, kPatience).exited);
  } else {
    expect_named(serve.call.finish(kPatience), call);
  }
}

class RefusedCall : public testing::TestWithParam<const char*> {};

TEST_P(RefusedCall, IsDoneWithoutOrNamedBeforeTheStart) {
  for (const char* code : {"ENOSYS", "EPERM"}) try_commands(code, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Newer, RefusedCall,
                         testing::Values("accept4", "clock_nanosleep", "clone3", "close_range", "epoll_create1",
                                         "epoll_pwait2", "eventfd2", "pidfd_open", "pipe2", "ppoll", "prctl",
                                         "prlimit64", "sched_setaffinity", "timerfd_settime"),
                         [](const auto& call) { return std::string(call.param); });

TEST(RefusedCalls, AllThatCanBeDoneWithoutAreDoneWithoutTogether) {
  for (const char* code : {"ENOSYS", "EPERM"}) {
    try_commands(code,
                 "close_range,epoll_pwait2,getrandom,io_uring_enter,io_uring_register,io_uring_setup,memfd_create,"
                 "perf_event_open,pidfd_open,pidfd_send_signal,rseq,set_robust_list,signalfd4,timerfd_create");
  }
}

TEST(RefusedCalls, AWaitThatFailsOtherwiseEndsTheLoadWithAnErrorAndDoesNotSpin) {
  const ServeCall target(kServe);
  const auto loaded = Call(bakeoff_program(), load_of(target), refusing("EINVAL", "epoll_pwait2")).finish(kPatience);
  expect_named(loaded, "epoll_pwait2");
}

}  // namespace
}  // namespace bakeoff::e2e

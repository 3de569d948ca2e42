// Models where the system refuses newer calls, as containers and emulators do, with either errno: what can be done
// without is, and what cannot ends the subject before it says that it is ready, in one line that names the call.
#include <gmock/gmock.h>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

using testing::HasSubstr;

constexpr const char* kRefusals[] = {"ENOSYS", "EPERM"};

class RefusedCalls : public testing::TestWithParam<Pairing> {};

TEST_P(RefusedCalls, OfWaitingDoNotKeepItFromServingAndFromKeepingTime) {
  for (const char* code : kRefusals) {
    SCOPED_TRACE(code);
    ServeArguments serving = GetParam().serving(2);
    serving.prefix = {BAKEOFF_REFUSE_CALLS, code, "epoll_pwait2,perf_event_open,pidfd_open,rseq,set_robust_list"};
    RunningSubject subject(serving);
    CheckingClient peer(*GetParam().workload, subject.port(), 1);
    peer.rounds(3);
    Connection slow(subject.port());
    ASSERT_TRUE(slow.send(get("/id/1") + get("/wait/20000") + get("/id/2")));
    const std::string expected =
        expected_answer(*GetParam().workload, get("/id/1") + get("/wait/20000") + get("/id/2")).replies;
    EXPECT_EQ(mask_dates(slow.receive(expected.size())), mask_dates(expected));
    subject.stop();
  }
}

INSTANTIATE_TEST_SUITE_P(Refused, RefusedCalls, testing::ValuesIn(pairings("http")),
                         [](const auto& pairing) { return pairing_name(pairing); });

void expect_named(const std::vector<std::string>& arguments, const std::string& call, const char* code) {
  SCOPED_TRACE(arguments[1] + " without " + call + ": " + code);
  const Finished finished = run_subject(arguments, {BAKEOFF_REFUSE_CALLS, code, call});
  EXPECT_TRUE(finished.ended.exited);
  EXPECT_EQ(finished.ended.status, 1);
  EXPECT_TRUE(finished.output.empty()) << "it said that it was ready";
  ASSERT_EQ(finished.errors.size(), 1U);
  EXPECT_THAT(finished.errors[0], HasSubstr(call));
}

TEST(RefusedCall, ThatAModelCannotDoWithoutIsNamedAndNotTriedForEver) {
  for (const char* code : kRefusals) {
    expect_named({"serve", "threads", "http"}, "accept4", code);
    expect_named({"serve", "request-pool", "http"}, "epoll_create1", code);
    expect_named({"serve", "fibers", "http"}, "timerfd_create", code);
    expect_named({"serve", "fibers", "http"}, "timerfd_settime", code);
    expect_named({"serve", "prefork", "http"}, "signalfd4", code);
  }
}

TEST(RefusedCall, OfIoUringIsNamedWhicheverOfItsThreeItIs) {
  for (const ModelFacts& model : described_models()) {
    if (model.name != "io-uring") continue;
    for (const char* code : kRefusals) {
      for (const char* call : {"io_uring_setup", "io_uring_register", "io_uring_enter"}) {
        expect_named({"serve", "io-uring", "http"}, call, code);
      }
    }
  }
}

// No system answers so: it stands for any answer that a kernel may give to a wait one day. Nothing may wait on then.
TEST(FailedWait, EndsTheWholeSubjectAndSaysWhy) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "ThreadSanitizer does not know epoll_pwait2: it is not used there (models/epoll_wait.cpp)";
#endif
  const std::vector<std::vector<std::string>> table{
      {"event-loop", "http", "--set", "reactor=epoll"},
      {"event-loops", "http", "--units", "2", "--set", "reactor=epoll", "--set", "by=processes"},
      {"event-loops", "http", "--units", "2", "--set", "reactor=epoll", "--set", "by=threads"},
      {"event-loops", "http", "--units", "2", "--set", "reactor=epoll", "--set", "by=threads", "--set", "listen=dealt"},
      {"fibers", "http", "--units", "2"},
      {"fibers", "http", "--units", "2", "--set", "pinned=yes"},
      {"request-pool", "http", "--units", "2"},
      {"request-pool", "http", "--units", "2", "--set", "dispatch=queue"},
  };
  for (const auto& words : table) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    SCOPED_TRACE(testing::PrintToString(arguments));
    const Finished finished = run_subject(arguments, {BAKEOFF_REFUSE_CALLS, "EINVAL", "epoll_pwait2"});
    EXPECT_TRUE(finished.ended.exited) << "by a signal";
    EXPECT_NE(finished.ended.status, 0);
    ASSERT_FALSE(finished.errors.empty());
    EXPECT_THAT(finished.errors, testing::Each("bakeoff-subject: wait failed: epoll_pwait2: Invalid argument"));
  }
}

}  // namespace
}  // namespace bakeoff::conformance

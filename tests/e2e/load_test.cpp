// bakeoff load against servers that misbehave: everything is counted by phase and shown, and nothing hangs.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "harness/measure/process_tree.h"
#include "tests/e2e/program.h"
#include "tests/e2e/raw_server.h"
#include "tests/eventually.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(LoadFaults, AServerThatNeverAnswersIsTimeoutsAndTheLoadEndsAllTheSame) {
  const RawServer server([](int fd) {
    while (read_some(fd)) {
    }
  });
  for (const std::vector<std::string>& kind : {std::vector<std::string>{}, {"--rate", "50"}, {"--churn"}}) {
    const Loaded loaded = load(server.url(), kind);
    EXPECT_EQ(loaded.status, 4);
    EXPECT_GE(loaded.count("timeout"), 3U);
    EXPECT_EQ(loaded.row["client"]["replies_ok"], 0);
    EXPECT_GE(loaded.row["client"]["latency_us"]["total"]["p50"].get<double>(), 390'000)
        << "what was never answered is in the latencies with its age";
    EXPECT_LT(loaded.took_s, 30);
  }
}

TEST(LoadFaults, AServerThatClosesEarlyIsCountedAsClosed) {
  const Loaded loaded = load(RawServer([](int fd) { read_some(fd); }).url());
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.count("closed") + loaded.count("read", "ECONNRESET"), 3U);
}

TEST(LoadFaults, AServerThatResetsIsCountedWithItsErrno) {
  const Loaded loaded = load(RawServer([](int fd) {
                               read_some(fd);
                               const linger at_once{1, 0};
                               ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
                             }).url());
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.count("read", "ECONNRESET"), 3U);
}

TEST(LoadFaults, GarbageIsAParseErrorAndTheComplaintShowsIt) {
  const Loaded loaded = load(RawServer(always("\x01\x02 this is no HTTP\r\n\r\n")).url());
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.count("parse", "not-http"), 3U);
  EXPECT_THAT(loaded.row["outcome_detail"].get<std::string>(), HasSubstr("this is no HTTP"));
}

TEST(LoadFaults, AReplyAboveTheCapIsAParseErrorAndIsNotKeptInMemory) {
  const Loaded loaded = load(RawServer(always("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")).url());
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.count("parse"), 0U);
}

TEST(LoadFaults, ErrorRepliesAreCountedByTheirStatus) {
  const Loaded loaded = load(RawServer(always("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")).url());
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.count("reply", "503"), 3U);
  EXPECT_EQ(loaded.row["outcome"], "errors");
  EXPECT_EQ(loaded.row["client"]["wrong_answers"], 0);
}

TEST(LoadFaults, FailOnErrorsIsExitThreeWhateverTheFiguresAreWorth) {
  const std::string page = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
  const Loaded failing = load(RawServer(always("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")).url(),
                              {"--fail-on-errors"});
  EXPECT_EQ(failing.status, 3);
  EXPECT_THAT(failing.errors, testing::ContainsRegex("--fail-on-errors: found [0-9]+ errors and 0 wrong answers"));
  const Loaded silent = load(RawServer([](int fd) {
                               while (read_some(fd)) {
                               }
                             }).url(),
                             {"--fail-on-errors"});
  EXPECT_EQ(silent.status, 3);
  const Loaded right = load(RawServer(always(page + "x")).url(), {"--fail-on-errors"});
  EXPECT_THAT(right.status, testing::AnyOf(0, 4)) << right.errors;
  EXPECT_EQ(right.errors, "");
}

TEST(LoadFaults, APageThatChangesIsAWrongAnswerWithAHint) {
  std::atomic<int> n{0};
  const RawServer changing([&](int fd) {
    while (read_some(fd)) {
      answer(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(n++ % 10));
    }
  });
  const Loaded loaded = load(changing.url(), {"--fail-on-errors"});
  EXPECT_EQ(loaded.status, 3);
  const auto shown = bakeoff_call({"load", changing.url(), "-c", "1", "-d", "200ms", "--warmup", "0", "--no-ceiling"});
  EXPECT_THAT(unwrapped(shown.output),
              HasSubstr("The page changes from reply to reply: --no-verify counts it without comparing."));
}

TEST(LoadFaults, NobodyThereIsOneLineThatSaysSo) {
  const auto refused = bakeoff_call({"load", "http://127.0.0.1:1/", "-d", "100ms"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.errors, "bakeoff: connect to 127.0.0.1:1: Connection refused\n");
  const auto unknown = bakeoff_call({"load", "http://no-such-host.invalid/", "-d", "100ms"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.errors, HasSubstr("host no-such-host.invalid: "));
  const auto zone = bakeoff_call({"load", "http://[fe80::1%25nosuch0]:1/", "-d", "100ms"});
  EXPECT_EQ(zone.status, 1);
  EXPECT_THAT(zone.errors, HasSubstr("found no network interface nosuch0"));
}

TEST(LoadFaults, MoreConnectionsThanDescriptorsAreSharedOutAmongAgentsAndALimitBelowThatIsNamed) {
  test::TinyServer server("http");
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  const auto limited = [&](const char* connections, const char* limit) {
    return Call(bakeoff_program(),
                {"load", url, "-c", connections, "-d", "200ms", "--warmup", "0", "--no-ceiling", "--format", "json"},
                {"prlimit", std::string("--nofile=") + limit})
        .finish();
  };
  const auto shared = limited("100", "104");  // 40 connections per agent
  EXPECT_EQ(shared.status, 0) << shared.errors;
  const json row = json::parse(shared.output, nullptr, false);
  ASSERT_TRUE(row.is_object()) << shared.output;
  EXPECT_EQ(row["client"]["connections_open"], 100);
  EXPECT_EQ(row["client"]["connections_served"], 100);
  EXPECT_EQ(row["client"]["generators"].size(), 3U);
  EXPECT_EQ(row["client_receipt"]["requests"], row["client_receipt"]["acknowledged"]);
  const auto refused = limited("100", "64");
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.errors, HasSubstr("descriptor limit of 64"));
}

TEST(Load, AnOpenLoadDeliversItsRateAndTheServerCountsTheSame) {
  test::TinyServer server("http");
  const Loaded loaded =
      load("http://127.0.0.1:" + std::to_string(server.port()) + "/", {"--rate", "500:1500", "--poisson"});
  EXPECT_EQ(loaded.row["params"]["load"], "open");
  EXPECT_EQ(loaded.row["params"]["arrivals"], "poisson");
  EXPECT_EQ(loaded.row["client"]["latency_us"].size(), 4U);
  EXPECT_EQ(loaded.row["client"]["unfinished"], 0);
  EXPECT_EQ(loaded.row["client_receipt"]["requests"], loaded.row["client_receipt"]["acknowledged"]);
}

TEST(Load, IncrementsOfSeveralAgentsAreCheckedTogether) {
  test::TinyServer server("counter");
  const std::string url = "redis://127.0.0.1:" + std::to_string(server.port()) + "/incr/some-key";
  const auto result =
      Call(bakeoff_program(), {"load", url, "-c", "60", "-d", "200ms", "--no-ceiling", "--format", "json"},
           {"prlimit", "--nofile=104"})
          .finish();
  EXPECT_EQ(result.status, 0) << result.errors;
  const json row = json::parse(result.output, nullptr, false);
  ASSERT_TRUE(row.is_object()) << result.output;
  EXPECT_EQ(row["client"]["generators"].size(), 2U);
  const json& counter = row["client"]["counter"];
  EXPECT_EQ(counter["final"], counter["acknowledged"]);
  EXPECT_EQ(counter["duplicates"], 0);
  EXPECT_EQ(counter["lost"], 0);
  // The server counts a connection's requests when it has seen its end.
  EXPECT_TRUE(test::eventually([&] {
    return server.service().receipt().requests == row["client_receipt"]["requests"];
  })) << server.service().receipt().requests
      << " of " << row["client_receipt"]["requests"];
}

TEST(Load, ACounterThatForgetsIncrementsIsCaught) {
  // Two counters behind one address: each connection has one of them, so that numbers come twice and get lost.
  test::TinyServer server("counter");
  test::TinyServer other("counter");
  std::atomic<int> turn{0};
  const RawServer both([&](int fd) {
    const auto session = (turn++ % 2 == 0 ? server : other).service().connect();
    std::string replies;
    char buffer[65536];
    for (;;) {
      const auto got = ::recv(fd, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      session->feed({buffer, static_cast<std::size_t>(got)}, replies);
      answer(fd, replies);
      replies.clear();
    }
  });
  const std::string url = "redis" + both.url().substr(4) + "incr/k";
  const Loaded loaded = load(url);
  EXPECT_EQ(loaded.status, 4);
  EXPECT_EQ(loaded.row["validity"]["everything"], "wrong-answers");
  EXPECT_GT(loaded.row["client"]["wrong_answers"].get<std::uint64_t>(), 0U);
  EXPECT_GT(loaded.row["client"]["counter"]["lost"].get<std::uint64_t>(), 0U);
}

TEST(Load, OfASubjectStartsItAndLeavesNothingBehind) {
  for (const char* workload : {"echo", "http", "counter"}) {
    const auto result = bakeoff_call({"load", "event-loop", workload, "-c", "4", "-d", "0.2s", "--warmup", "0s",
                                      "--no-ceiling", "--format", "json"});
    ASSERT_TRUE(result.status == 0 || result.status == 4) << result.errors;  // 4: void, on a busy machine.
    const auto row = nlohmann::json::parse(result.output);
    EXPECT_EQ(row.at("workload"), workload);
    EXPECT_GT(row.at("client").at("replies_ok"), 0);
    EXPECT_EQ(measure::measure_size(measure::descendants(::getpid())).processes, 1U) << "a process is left";
  }
  EXPECT_EQ(bakeoff_call({"load", "event-loop", "nosuch"}).errors,
            "bakeoff: found workload \"nosuch\", expected one of echo, http, counter\n");
}

}  // namespace
}  // namespace bakeoff::e2e

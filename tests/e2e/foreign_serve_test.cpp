// bakeoff serve with a foreign server: in the foreground for any client, and nothing left when it is told to stop.
#include <gmock/gmock.h>

#include "harness/subjects/find_program.h"
#include "harness/subjects/foreign_start.h"
#include "harness/subjects/manifest.h"
#include "tests/e2e/foreign_server_fixture.h"
#include "tests/e2e/serve_call.h"

namespace bakeoff::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A `bakeoff serve` that has said where; stopped by Ctrl-C, after which nothing may be left.
struct ForeignServeCall : ServeCall {
  ForeignServeCall(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix = {})
      : ServeCall(arguments, prefix), hint(call.process().read_line(std::chrono::seconds{30}).value_or("")) {}

  std::string errors() const { return call.errors_so_far(); }

  /// bakeoff load against it, with the target of the URL.
  Call::Result load(const std::string& target) const {
    return bakeoff_call(
        {"load", "http://127.0.0.1:" + port + target, "-c", "2", "-d", "100ms", "--warmup", "0", "--format", "json"});
  }

  Call::Result stop() {
    const pid_t harness = call.process().pid();
    ::kill(harness, SIGINT);
    auto result = call.finish();
    EXPECT_EQ(private_folders_of(harness), 0) << "a private folder is left";
    EXPECT_TRUE(nothing_is_left()) << "a process is left";
    return result;
  }

  std::string hint;  ///< Its second line.
};

TEST(ForeignServe, AServerOfOnesOwnServesUntilItIsInterrupted) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "setsid sleep 300 &\nexec $server");
  ForeignServeCall serving({"serve", "toy", "http"}, fixture.as_config());
  ASSERT_NE(serving.port, "") << serving.errors();
  EXPECT_THAT(serving.said,
              StartsWith("toy serves http on 127.0.0.1:" + serving.port + ", sized for 64 connections (process "));
  EXPECT_EQ(serving.hint, "  curl -i http://127.0.0.1:" + serving.port + "/");
  EXPECT_THAT(serving.load("/").output, HasSubstr("\"outcome\":\"ok\""));
  const auto result = serving.stop();
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.errors, "bakeoff: it left 1 process behind, which was ended\n");
}

TEST(ForeignServe, ThePortMayBeChosen) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  const std::string port = std::to_string(subjects::free_port());
  ForeignServeCall serving({"serve", "toy", "http", "--port", port}, fixture.as_config());
  EXPECT_EQ(serving.port, port) << serving.errors();
  // A client that asked there would get an answer, but from another program.
  const auto second = Call(bakeoff_program(), {"serve", "toy", "http", "--port", port}, fixture.as_config()).finish();
  EXPECT_EQ(second.status, 1);
  EXPECT_EQ(second.errors, "bakeoff: port " + port + ": Address already in use\n");
  EXPECT_EQ(serving.stop().status, 0);
}

TEST(ForeignServe, WhatCannotBeServedIsRefusedInOneLine) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  fixture.add("lacking", "\"no-such-server\"", "[needs]\nno-such-server = \"no-such-package\"\n");
  fixture.add_script("broken", "echo 'no such file: routes' >&2\nexit 4");
  const auto serve = [&](const char* name, const char* workload) {
    return Call(bakeoff_program(), {"serve", name, workload}, fixture.as_config()).finish();
  };
  const auto refused = serve("toy", "echo");
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.errors, "bakeoff: workload: found \"echo\" for toy, but it serves http only\n");
  const auto lacking = serve("lacking", "http");
  EXPECT_EQ(lacking.status, 1);
  EXPECT_EQ(lacking.errors, "bakeoff: lacking needs no-such-server (apt install no-such-package)\n");
  const auto broken = serve("broken", "http");
  EXPECT_EQ(broken.status, 1);
  EXPECT_EQ(broken.errors, "bakeoff: the subject exited with 4: no such file: routes\n");
  EXPECT_TRUE(nothing_is_left());
}

TEST(ForeignServe, AHarnessThatIsKilledTakesTheServerWithIt) {
  const ForeignServerFixture fixture;
  fixture.add_script("toy", "$server &\necho $! >$open/server\nwait");
  Call call(bakeoff_program(), {"serve", "toy", "http"}, fixture.as_config());
  EXPECT_TRUE(call.process().read_line(std::chrono::seconds{30})) << call.errors_so_far();
  const pid_t harness = call.process().pid();
  ::kill(harness, SIGKILL);
  call.finish();
  const pid_t server = fixture.noted_pid("server");
  EXPECT_GT(server, 1);
  EXPECT_TRUE(test::eventually(
      [&] { return measure::measure_size({server}).processes == 0 && private_folders_of(harness) == 0; }));
  EXPECT_TRUE(test::eventually(nothing_is_left)) << "a process is left, the guard perhaps";
}

TEST(ForeignServe, NginxServesAnyClient) {
  if (subjects::find_program("nginx").empty()) GTEST_SKIP() << "apt install nginx-light";
  ForeignServeCall serving({"serve", "nginx", "http"});
  ASSERT_NE(serving.port, "") << serving.errors();
  EXPECT_THAT(serving.load("/").output, HasSubstr("\"outcome\":\"ok\""));
  const auto result = serving.stop();
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.errors, "");
}

}  // namespace
}  // namespace bakeoff::e2e

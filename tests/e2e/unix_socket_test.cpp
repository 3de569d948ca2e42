// Unix sockets, as a user meets them: a model that listens on one, a load of it, a table over them, what is refused,
// and that no file is left however a server ends.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/foreign_server_fixture.h"
#include "tests/e2e/serve_call.h"
#include "tests/harness/fixtures/listening_unix_socket.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// A folder with the path of a socket in it, which is not there yet.
struct SocketFolder : subjects::ScratchFolder {
  std::string socket() const { return path() / "socket"; }
  bool has_socket() const { return std::filesystem::exists(socket()); }
};

Call::Result load_socket(const std::string& socket, const std::string& url, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"load",     url, "--unix-socket", socket,     "-c",  "4", "-d", "0.2s",
                                 "--warmup", "0", "--no-ceiling",  "--format", "json"};
  words.insert(words.end(), more.begin(), more.end());
  return bakeoff_call(words);
}

pid_t subject_of(const std::string& said) {
  const auto at = said.find("(process ");
  return at == std::string::npos ? -1 : static_cast<pid_t>(std::stol(said.substr(at + 9)));
}

class UnixSocketServed : public testing::TestWithParam<const char*> {};

TEST_P(UnixSocketServed, IsLoadedLikeAPortAndItsFileGoesWithCtrlC) {
  const std::string workload = GetParam();
  const SocketFolder folder;
  ServeCall serving({"serve", "event-loop", workload, "--unix-socket", folder.socket()});
  ASSERT_THAT(serving.said, StartsWith("event-loop serves " + workload + " on " + folder.socket() + " with 1 unit"));
  const std::string hint = serving.call.process().read_line(std::chrono::seconds{30}).value_or("");
  EXPECT_THAT(hint, HasSubstr(folder.socket()));
  const std::string url = workload == "http"   ? "http://any.host/id/{k}"
                          : workload == "echo" ? "tcp://localhost:7"
                                               : "redis://localhost/incr/counter";
  const auto loaded = load_socket(folder.socket(), url);
  ASSERT_TRUE(loaded.status == 0 || loaded.status == 4) << loaded.errors;  // 4: void, on a busy machine.
  const json row = json::parse(loaded.output);
  EXPECT_EQ(row["outcome"], "ok") << row["outcome_detail"];
  EXPECT_EQ(row["params"]["transport"], "unix");
  EXPECT_GT(row["client"]["replies_ok"], 0);
  EXPECT_EQ(row["client"]["connections_served"], 4);
  EXPECT_GT(row["subject_cost"]["cpu_us"], 0) << "the server of a Unix socket is found";
  ::kill(serving.call.process().pid(), SIGINT);
  const auto stopped = serving.call.finish();
  EXPECT_EQ(stopped.status, 0) << stopped.errors;
  EXPECT_THAT(stopped.output, HasSubstr("served "));
  EXPECT_FALSE(folder.has_socket());
  EXPECT_TRUE(nothing_is_left());
}

INSTANTIATE_TEST_SUITE_P(Every, UnixSocketServed, testing::Values("echo", "http", "counter"));

TEST(UnixSocket, ConnectionsThatComeAndGoAreMadeOverItToo) {
  const SocketFolder folder;
  ServeCall serving({"serve", "threads", "http", "--unix-socket", folder.socket()});
  const auto loaded = load_socket(folder.socket(), "http://localhost/", {"--churn"});
  ASSERT_TRUE(loaded.status == 0 || loaded.status == 4) << loaded.errors;
  const json row = json::parse(loaded.output);
  EXPECT_GT(row["client"]["replies_ok"], 4);
  EXPECT_FALSE(row["client"].contains("errors")) << row["client"]["errors"];
  EXPECT_EQ(row["client_receipt"]["requests"], row["client_receipt"]["acknowledged"]);
}

TEST(UnixSocket, OfASubjectThatIsKilledIsRemovedByTheHarness) {
  const SocketFolder folder;
  ServeCall serving({"serve", "event-loop", "http", "--unix-socket", folder.socket()});
  ASSERT_TRUE(folder.has_socket()) << serving.call.errors_so_far();
  ::kill(subject_of(serving.said), SIGKILL);
  EXPECT_EQ(serving.call.finish().status, 1);
  EXPECT_FALSE(folder.has_socket());
}

TEST(UnixSocket, OfAServerThatIsGoneIsReplacedAndOneInUseIsNot) {
  test::ListeningUnixSocket socket;
  const std::vector<std::string> serve{"serve", "event-loop", "http", "--unix-socket", socket.path()};
  const auto in_use = bakeoff_call(serve);
  EXPECT_EQ(in_use.status, 2);
  EXPECT_EQ(in_use.errors, "bakeoff: --unix-socket: found '" + socket.path() +
                               "', on which a server listens, expected a path that is free\n");
  socket.close();
  ServeCall serving(serve);
  EXPECT_THAT(serving.said, HasSubstr(socket.path())) << serving.call.errors_so_far();
  serving.call.process().stop(SIGTERM, std::chrono::seconds{30});
  EXPECT_FALSE(std::filesystem::exists(socket.path()));
}

TEST(UnixSocket, WhatCannotBeServedIsRefusedInOneLine) {
  const SocketFolder folder;
  test::write_text(folder.socket(), "a text");
  const auto refused = [&](std::vector<std::string> words, const std::string& expected) {
    words.insert(words.begin(), "serve");
    const auto result = bakeoff_call(words);
    EXPECT_EQ(result.status, 2) << result.output;
    EXPECT_THAT(result.errors, AllOf(StartsWith("bakeoff: --"), HasSubstr(expected)));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  };
  refused({"threads", "http", "--unix-socket", folder.socket()}, "which exists and is no socket");
  EXPECT_EQ(test::contents_of(folder.socket()), "a text");
  const std::string free = folder.socket() + "2";
  refused({"threads", "http", "--unix-socket", free, "--port", "8080"}, "--port: found it beside --unix-socket");
  refused({"threads", "http", "--unix-socket", std::string(108, 'x')}, "found a path of 108 bytes");
  refused({"threads", "http", "--unix-socket="}, "found nothing");
  refused({"event-loops:listen=reuseport", "http", "--unix-socket", free},
          "--unix-socket: found it for event-loops:listen=reuseport, but with listen=reuseport each loop");
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  EXPECT_EQ(
      Call(bakeoff_program(), {"serve", "toy", "http", "--unix-socket", free}, fixture.as_config()).finish().errors,
      "bakeoff: --unix-socket: found it for toy, but it listens on a TCP port only\n");
  EXPECT_FALSE(std::filesystem::exists(free));
}

TEST(UnixSocket, WhatCannotBeLoadedIsRefusedInOneLine) {
  const SocketFolder folder;
  test::write_text(folder.socket(), "a text");
  test::ListeningUnixSocket socket;
  const auto refused = [&](const std::string& path, const std::string& expected, std::vector<std::string> more = {}) {
    const auto result = load_socket(path, "http://localhost/", std::move(more));
    EXPECT_EQ(result.status, 2) << result.output;
    EXPECT_EQ(result.errors, "bakeoff: " + expected + "\n");
  };
  const std::string wanted = ", expected a socket that a server listens on";
  refused("/no/such/socket", "--unix-socket: found \"/no/such/socket\": No such file or directory" + wanted);
  refused("/etc/passwd", "--unix-socket: found \"/etc/passwd\", which is no socket" + wanted);
  refused(
      std::string(108, 'x'),
      "--unix-socket: found a path of 108 bytes, expected one of at most 107, the most that a Unix socket can have");
  refused("", "--unix-socket: found nothing, expected the path of a Unix socket");
  refused(socket.path(),
          "--source: found it beside --unix-socket, expected one of them: a Unix socket has no addresses",
          {"--source", "127.0.0.1"});
  EXPECT_THAT(bakeoff_call({"load", "threads", "http", "--unix-socket", socket.path()}).errors,
              StartsWith("bakeoff: --unix-socket: found it beside a subject"));
  socket.close();
  const auto nobody = load_socket(socket.path(), "http://localhost/");
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.errors, EndsWith("connect to " + socket.path() + ": Connection refused\n"));
}

TEST(UnixSocket, IsTheTransportOfATableAndWhoCannotListenOnOneIsNotRun) {
  const ForeignServerFixture fixture;
  fixture.add_server("toy");
  const std::string subjects = R"("threads", "prefork", "event-loops:listen=reuseport", "toy")";
  const auto measured = fixture.finish(
      {"run", fixture.experiment("workload = \"http\"\ntransport = \"unix\"", subjects), "--out", fixture.out()},
      fixture.as_config());
  ASSERT_EQ(measured.rows.size(), 4U) << measured.call.errors;
  for (const journal::Trial& row : measured.rows) {
    EXPECT_EQ(row.params.transport, journal::Transport::unix_socket) << row.subject;
  }
  for (const char* name : {"threads", "prefork"}) {
    const journal::Trial& row = measured.row(name);
    EXPECT_EQ(row.outcome, journal::Outcome::ok) << name << ": " << row.outcome_detail;
    ASSERT_TRUE(row.client && row.server_receipt) << name;
    EXPECT_GT(row.client->replies_ok, 0U) << name;
    EXPECT_EQ(row.server_receipt->requests, row.client_receipt->requests) << name;
  }
  const journal::Trial& toy = measured.row("toy");
  EXPECT_EQ(toy.outcome, journal::Outcome::not_run);
  EXPECT_EQ(toy.outcome_detail, "it listens on a TCP port only");
  const journal::Trial& loops = measured.row("event-loops:listen=reuseport");
  EXPECT_EQ(loops.outcome, journal::Outcome::not_run);
  EXPECT_THAT(loops.outcome_detail, StartsWith("with listen=reuseport each loop has a listener of its own"));
  EXPECT_THAT(measured.call.output, HasSubstr("over a Unix socket"));
  EXPECT_EQ(private_folders_of(measured.harness), 0) << "a folder with its socket is left";
  EXPECT_TRUE(nothing_is_left());
}

}  // namespace
}  // namespace bakeoff::e2e

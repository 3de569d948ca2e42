// bakeoff load against a real redis-server that wants a password: who is let in, what is counted, what is shown.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/subjects/find_program.h"
#include "harness/subjects/foreign_start.h"
#include "tests/e2e/program.h"
#include "tests/e2e/terminal.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

// A password as it is, and as it stands in a URL.
const std::string kPassword = "sec/ret", kEncoded = "sec%2Fret";

class LoadRedis : public testing::Test {
 protected:
  void SetUp() override {
    if (subjects::find_program("redis-server").empty()) GTEST_SKIP() << "needs redis-server (apt install redis-server)";
  }
  void TearDown() override {
    if (redis_) redis_->stop(SIGTERM);
  }

  void start(const std::vector<std::string>& settings = {"--requirepass", kPassword}) {
    subjects::Command command;
    command.argv = {subjects::find_program("redis-server").string(),
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    port_,
                    "--dir",
                    folder_.path().string()};
    command.argv.insert(command.argv.end(), settings.begin(), settings.end());
    redis_ = subjects::Process::start(command);
    while (const auto line = redis_->read_line(std::chrono::seconds{20})) {
      if (line->find("Ready to accept connections") != std::string::npos) return;
    }
    FAIL() << "redis-server does not get ready";
  }

  std::string url(const std::string& login, const std::string& path) const {
    return "redis://" + login + "127.0.0.1:" + port_ + path;
  }

  static Call::Result load(const std::string& url, const std::vector<std::string>& more = {},
                           const std::vector<std::string>& prefix = {}) {
    std::vector<std::string> arguments{"load", url, "-c", "4", "-d", "200ms", "--warmup", "0", "--no-ceiling"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Call(bakeoff_program(), arguments, prefix).finish();
  }
  static json row_of(const Call::Result& result) {
    EXPECT_THAT(result.status, AnyOf(0, 4)) << result.errors;  // 4: somebody else was on the CPUs.
    json row = json::parse(result.output, nullptr, false);
    EXPECT_TRUE(row.is_object()) << result.output << result.errors;
    return row;
  }

  subjects::ScratchFolder folder_;
  const std::string port_ = std::to_string(subjects::free_port());
  std::optional<subjects::Process> redis_;
};

TEST_F(LoadRedis, WithAPasswordAndADatabaseEveryConnectionIsLetInAndCountsThere) {
  start();
  const std::string counting = url(":" + kEncoded + "@", "/2/incr/k");
  std::int64_t expected = 0;
  for (const std::vector<std::string>& kind : {std::vector<std::string>{},
                                               {"--pipeline", "8"},
                                               {"--churn"},
                                               {"--rate", "500", "--sessions", "fixed:3"},
                                               {"--idle", "2", "--slow-senders", "2"}}) {
    std::vector<std::string> more = kind;
    more.insert(more.end(), {"--format", "json"});
    const json row = row_of(load(counting, more));
    EXPECT_EQ(row["outcome"], "ok") << row;
    EXPECT_EQ(row["client"]["counter"]["initial"], expected);
    EXPECT_EQ(row["client"]["counter"]["lost"], 0);
    EXPECT_EQ(row["client_receipt"]["requests"], row["client_receipt"]["acknowledged"])
        << "what a login says is no request";
    expected = row["client"]["counter"]["final"];
    EXPECT_GT(expected, 0);
  }
  const json elsewhere = row_of(load(url(":" + kEncoded + "@", "/incr/k"), {"--format", "json"}));
  EXPECT_EQ(elsewhere["client"]["counter"]["initial"], 0) << "database 0 has a key of its own";
  for (const char* request : {"get/k", "set/k", "kv/100,0.5,1", "ping"}) {
    EXPECT_EQ(row_of(load(url(":" + kEncoded + "@", "/3/" + std::string(request)), {"--format", "json"}))["outcome"],
              "ok");
  }
}

TEST_F(LoadRedis, AUserOfItsOwnIsLetInToo) {
  start({"--user", "ann", "on", ">" + kPassword, "~*", "+@all"});
  EXPECT_EQ(row_of(load(url("ann:" + kEncoded + "@", "/incr/k"), {"--format", "json"}))["outcome"], "ok");
  const auto denied = load(url("bob:" + kEncoded + "@", "/incr/k"));
  EXPECT_EQ(denied.status, 1);
  EXPECT_THAT(denied.errors, HasSubstr("WRONGPASS"));
}

TEST_F(LoadRedis, NothingThatIsPrintedOrWrittenHasThePassword) {
  start();
  const std::string secret = url(":" + kEncoded + "@", "/1/incr/k");
  const std::string series = folder_.path() / "series", plot = folder_.path() / "plot",
                    buckets = folder_.path() / "buckets.json", metrics = folder_.path() / "metrics";
  std::vector<Call::Result> results{
      load(secret, {"--series", series, "--histogram", plot, "--metrics", metrics}),
      load(secret, {"--format", "json", "--histogram", buckets}),
      load(secret, {"--slo", "p50=50ms", "--timeout", "1s"}),
      load(secret, {"--slo", "p50=50ms", "--timeout", "1s", "--format", "json"}),
      load(secret, {"--rate", "100", "--slo", "p50=50ms"}),
      load(secret, {"--pipeline", "0"}),
      load(secret, {"--poisson"}),
      load(secret, {"--series", "/nowhere/file"}),
      load(url(":" + kEncoded + "@", "/1/frobnicate/k")),
      load(url(":" + kEncoded + "@", "/99/incr/k")),
      load(url(":wrong" + kEncoded + "@", "/1/incr/k")),
      load(url(":wrong" + kEncoded + "@", "/1/get/k")),
      load(url("", "/1/incr/k"), {}, {"env", "BAKEOFF_REDIS_PASSWORD=wrong" + kPassword}),
      load(secret, {"counter"}),
      bakeoff_call({"load", secret, "--stairs", "100,200:200ms", "--warmup", "0"}),
      bakeoff_call({"load", secret, "--stairs", "100,200:200ms", "--warmup", "0", "--format", "json"}),
  };
  for (const Call::Result& result : results) {
    EXPECT_THAT(result.output + result.errors, AllOf(Not(HasSubstr(kPassword)), Not(HasSubstr(kEncoded))));
  }
  EXPECT_THAT(results[0].output, HasSubstr("redis://***@127.0.0.1:" + port_ + "/1/incr/k"));
  EXPECT_EQ(json::parse(results[1].output).at("subject"), "redis://***@127.0.0.1:" + port_ + "/1/incr/k");
  for (const std::string& file : {series, plot, buckets, metrics}) {
    EXPECT_THAT(test::contents_of(file), AllOf(Not(testing::IsEmpty()), Not(HasSubstr("ret")))) << file;
  }
}

TEST_F(LoadRedis, TheLiveViewHasNoPasswordEither) {
  start();
  PseudoTerminal terminal(200);
  subjects::Command command;
  command.argv = {"env",
                  "-u",
                  "NO_COLOR",
                  "TERM=xterm",
                  bakeoff_program().string(),
                  "load",
                  url(":" + kEncoded + "@", "/1/get/k"),
                  "-d",
                  "600ms",
                  "--warmup",
                  "0",
                  "--no-ceiling"};
  command.error_file = terminal.path();
  subjects::Process process = subjects::Process::start(command);
  while (process.read_line(std::chrono::seconds{20})) {
  }
  ASSERT_TRUE(process.wait(std::chrono::seconds{20}));
  terminal.read(1000);
  EXPECT_THAT(terminal.text, AllOf(HasSubstr("redis://***@127.0.0.1:" + port_), Not(HasSubstr("ret@"))));
}

TEST_F(LoadRedis, ARefusedLoginIsOneLineWithAHintAndNothingIsWritten) {
  start();
  for (const char* request : {"/incr/k", "/get/k"}) {
    const auto refused = load(url(":wrong@", request));
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(unwrapped(refused.errors),
                AllOf(HasSubstr("AUTH: the server answers -WRONGPASS "), HasSubstr("The server refuses the password: "
                                                                                   "check the URL")));
    EXPECT_EQ(refused.output, "");
  }
  const auto far = load(url(":" + kEncoded + "@", "/99/incr/k"));
  EXPECT_EQ(far.status, 1);
  EXPECT_THAT(unwrapped(far.errors), HasSubstr("SELECT 99: the server answers -ERR DB index is out of range"));
  const json row = row_of(load(url(":" + kEncoded + "@", "/0/incr/k"), {"--format", "json"}));
  EXPECT_EQ(row["client"]["counter"]["initial"], 0);
}

TEST_F(LoadRedis, AServerThatWantsAPasswordSaysSoAndTheHintSaysHow) {
  start();
  const auto reading = load(url("", "/get/k"));
  EXPECT_EQ(reading.status, 4);
  EXPECT_THAT(unwrapped(reading.output),
              AllOf(HasSubstr("x reply NOAUTH"), HasSubstr("The server wants a password: redis://:PASSWORD@host")));
  const auto counting = load(url("", "/incr/k"));
  EXPECT_EQ(counting.status, 1);
  EXPECT_THAT(unwrapped(counting.errors), AllOf(HasSubstr("NOAUTH"), HasSubstr("BAKEOFF_REDIS_PASSWORD")));
}

TEST_F(LoadRedis, AServerWithoutAPasswordSaysThatItHasNone) {
  start({});
  const auto refused = load(url(":" + kEncoded + "@", "/incr/k"));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(unwrapped(refused.errors), HasSubstr("without any password configured"));
}

TEST_F(LoadRedis, ThePasswordMayComeFromTheEnvironment) {
  start({"--requirepass", kPassword, "--user", "ann", "on", ">" + kPassword, "~*", "+@all"});
  const std::vector<std::string> variable{"env", "BAKEOFF_REDIS_PASSWORD=" + kPassword};
  for (const char* login : {"", "ann@"}) {
    EXPECT_EQ(row_of(load(url(login, "/incr/k"), {"--format", "json"}, variable))["outcome"], "ok") << login;
  }
  EXPECT_EQ(load(url(":wrong@", "/incr/k"), {}, variable).status, 1) << "the URL's own goes before it";
  const auto lacking = load(url("ann@", "/incr/k"));
  EXPECT_EQ(lacking.status, 2);
  EXPECT_THAT(lacking.errors, AllOf(HasSubstr("found a user without a password"), HasSubstr("BAKEOFF_REDIS_PASSWORD"),
                                    Not(HasSubstr("ann"))));
}

TEST_F(LoadRedis, TheVariableIsOfUrlsAndNotOfSubjects) {
  const auto result = Call(bakeoff_program(),
                           {"load", "event-loop", "counter", "-c", "2", "-d", "0.2s", "--warmup", "0", "--no-ceiling",
                            "--format", "json"},
                           {"env", "BAKEOFF_REDIS_PASSWORD=" + kPassword})
                          .finish();
  EXPECT_EQ(row_of(result)["outcome"], "ok");
}

TEST_F(LoadRedis, AServerWithoutRoomIsNamedByTheSettingThatItWants) {
  start({"--maxclients", "3"});
  const auto result = load(url("", "/get/k"), {"--format", "json"});
  const json row = json::parse(result.output, nullptr, false);
  ASSERT_TRUE(row.is_object()) << result.output << result.errors;
  bool named = false;
  for (const json& error : row["client"]["errors"]) named = named || error.value("code", "") == "maxclients";
  EXPECT_TRUE(named) << row["client"]["errors"];
}

}  // namespace
}  // namespace bakeoff::e2e

// bakeoff load against servers that end their connections: the generator's own waiting is never shown as their speed.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/program.h"
#include "tests/harness/fixtures/short_server.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct PausedLoad {
  int status = 0;
  json row;
};

PausedLoad load_with_pauses(const std::string& url, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"load",     url, "-c",           "4",        "-d",  "300ms",
                                     "--warmup", "0", "--no-ceiling", "--format", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto result = bakeoff_call(arguments);
  PausedLoad loaded{result.status, json::parse(result.output, nullptr, false)};
  EXPECT_TRUE(loaded.row.is_object()) << result.output << result.errors;
  return loaded;
}

std::string url_of(const test::ShortServer& server) {
  return "http://127.0.0.1:" + std::to_string(server.port()) + "/";
}

std::string reason(const PausedLoad& loaded, const char* metric) {
  return loaded.row.value("validity", json::object()).value(metric, "");
}

TEST(LoadPaused, AServerThatEndsConnectionsAfterTenRepliesIsNotWaitedFor) {
  for (const bool late : {false, true}) {
    const test::ShortServer server("http", {.answers = 10, .end = test::ShortServer::End::reset, .late = late});
    for (const std::vector<std::string>& kind : {std::vector<std::string>{}, {"--rate", "500"}, {"--churn"}}) {
      const PausedLoad loaded = load_with_pauses(url_of(server), kind);
      EXPECT_EQ(loaded.row["client"].value("paused_share", -1.0), 0);
      EXPECT_NE(reason(loaded, "throughput"), "paused");
    }
  }
}

TEST(LoadPaused, FiguresOfALoadThatWaitedForItselfAreStruckAndTheExitStatusSaysSo) {
  const test::ShortServer server("http", {.answers = 0, .spared = 2});
  const PausedLoad loaded = load_with_pauses(url_of(server));
  EXPECT_EQ(loaded.status, 4);
  EXPECT_GT(loaded.row["client"]["replies_ok"], 0);
  EXPECT_GT(loaded.row["client"].value("paused_share", -1.0), 0.02);
  EXPECT_EQ(reason(loaded, "throughput"), "paused");
  EXPECT_EQ(reason(loaded, "latency"), "paused");
  EXPECT_THAT(loaded.row["client"].value("events", json::array()).dump(), HasSubstr("the generator itself waited"));
}

TEST(LoadPaused, ChurnWithoutPortsIsStruck) {
  const test::ShortServer server("http", {.answers = 1 << 30});
  // The second address is reserved for documentation (RFC 5737): no machine has it, so that no port of it can be had.
  const PausedLoad loaded = load_with_pauses(url_of(server), {"--churn", "--source", "127.0.0.1,192.0.2.1"});
  EXPECT_EQ(loaded.status, 4);
  EXPECT_EQ(reason(loaded, "throughput"), "paused");
  EXPECT_THAT(loaded.row["client"].value("events", json::array()).dump(), HasSubstr("for a local port"));
}

TEST(LoadPaused, ALoadThatNothingIsSentInIsNotOk) {
  const test::ShortServer server("http", {.answers = 1 << 30});
  const PausedLoad loaded = load_with_pauses(url_of(server), {"--rate", "0.1", "--poisson"});
  EXPECT_EQ(loaded.status, 4);
  EXPECT_EQ(loaded.row["client"]["requests"], 0);
  EXPECT_EQ(loaded.row["outcome"], "errors");
  EXPECT_EQ(loaded.row["outcome_detail"], "no request was sent in the window");
}

}  // namespace
}  // namespace bakeoff::e2e

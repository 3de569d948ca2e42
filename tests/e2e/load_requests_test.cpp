// What bakeoff load asks for and what it understands: requests of every form, and replies as they are spoken outside.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "harness/subjects/scratch_folder.h"
#include "tests/e2e/raw_server.h"
#include "tests/eventually.h"
#include "tests/harness/fixtures/tiny_server.h"
#include "tests/text_file.h"

namespace bakeoff::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(LoadRequests, RepliesAsTheyAreSpokenOutsideAreRead) {
  const Loaded bare = load(RawServer(always("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi")).url());
  EXPECT_GT(bare.row["client"]["replies_ok"], 3);
  EXPECT_FALSE(bare.row["client"].contains("errors"));
  const Loaded until_close = load(RawServer([](int fd) {
                                    if (read_some(fd)) answer(fd, "HTTP/1.0 200 OK\r\n\r\nthe whole page");
                                  }).url());
  EXPECT_GT(until_close.row["client"]["replies_ok"], 3);
  EXPECT_FALSE(until_close.row["client"].contains("errors"));
  const std::string large = "HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n" + std::string(6'000'000, 'b');
  const RawServer server(always(large));
  EXPECT_GT(load(server.url(), {"--timeout", "5s"}).count("parse", "too-long"), 0U);
  const Loaded counted = load(server.url(), {"--no-verify", "--timeout", "5s"});
  EXPECT_GT(counted.row["client"]["replies_ok"], 0);
  EXPECT_FALSE(counted.row["client"].contains("errors"));
}

TEST(LoadRequests, AProxyThatEndsASilentConnectionWith408IsNoError) {
  const RawServer server([](int fd) {
    if (!read_some(fd)) return;
    answer(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ::usleep(20'000);
    answer(fd, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  const Loaded loaded = load(server.url(), {"--think", "fixed:100000", "-d", "1s"});
  EXPECT_GT(loaded.row["client"]["replies_ok"], 3);
  EXPECT_FALSE(loaded.row["client"].contains("errors")) << loaded.row["client"]["errors"];
}

TEST(LoadRequests, AServerThatSendsAsFastAsItIsReadDoesNotKeepTheOthersWaiting) {
  std::atomic<int> connections{0};
  const RawServer server([&](int fd) {
    if (connections++ != 0) return always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(fd);
    if (!read_some(fd)) return;
    answer(fd, "HTTP/1.1 200 OK\r\n\r\n");
    const std::string endless(1 << 20, 'x');
    while (::send(fd, endless.data(), endless.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const Loaded loaded = load(server.url(), {"--no-verify", "-d", "1s"});
  EXPECT_GT(loaded.row["client"]["replies_ok"], 100);
  EXPECT_GT(loaded.count("timeout"), 0U) << "its reply never ends";
}

TEST(LoadRequests, SendsMethodFieldsAndBodyAndKeepsTheirWordsToItself) {
  std::mutex mutex;
  std::string heard;
  const RawServer server([&](int fd) {
    char buffer[4096];
    for (ssize_t got; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      const std::lock_guard lock(mutex);
      heard.assign(buffer, static_cast<std::size_t>(got));
      answer(fd, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
    }
  });
  const subjects::ScratchFolder folder;
  const std::string file = (folder.path() / "body").string();
  test::write_text(file, std::string("by\0tes\n", 7));
  const Loaded loaded = load(server.url(), {"-H", "Host: elsewhere", "-H", "Authorization: Bearer hush", "--method",
                                            "PUT", "--body", "@" + file});
  EXPECT_GT(loaded.row["client"]["replies_ok"], 3) << loaded.errors;
  const std::lock_guard lock(mutex);
  EXPECT_EQ(heard, "PUT / HTTP/1.1\r\nHost: elsewhere\r\nAuthorization: Bearer hush\r\nContent-Length: 7\r\n\r\n" +
                       std::string("by\0tes\n", 7));
  EXPECT_EQ(loaded.row["params"]["request"], "PUT /, 2 fields, a body of 7 bytes");
  EXPECT_EQ(loaded.row.dump().find("hush"), std::string::npos);
}

TEST(LoadRequests, ABodyWithGetIsSentAndSaid) {
  const RawServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const Loaded loaded = load(server.url(), {"--method", "GET", "--body", "x"});
  EXPECT_GT(loaded.row["client"]["replies_ok"], 3);
  EXPECT_THAT(loaded.errors, HasSubstr("a body with GET is sent as it is"));
}

TEST(LoadRequests, SendsAsManyRequestsAsItIsToldAndTheServerCountsThem) {
  test::TinyServer server("http");
  const Loaded loaded = load("http://127.0.0.1:" + std::to_string(server.port()) + "/", {"-n", "1000", "-d", "60s"});
  EXPECT_EQ(loaded.row["client"]["requests"], 1000);
  EXPECT_EQ(loaded.row["client"]["replies_ok"], 1000);
  EXPECT_LT(loaded.took_s, 30);
  EXPECT_TRUE(test::eventually([&] { return server.service().receipt().requests == 1000U; }));
}

TEST(LoadRequests, AsksForTheUrlsOfAFileAndTellsOfEach) {
  test::TinyServer server("http");
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const subjects::ScratchFolder folder;
  const std::string file = (folder.path() / "urls").string();
  test::write_text(file, "/\n3 /id/7\n" + url + "/id/{k}\n");
  const Loaded loaded = load(url, {"--urls", file});
  EXPECT_GT(loaded.row["client"]["replies_ok"], 3) << loaded.errors;
  EXPECT_EQ(loaded.row["client"]["wrong_answers"], 0);
  const json& latency = loaded.row["client"]["latency_us"];
  std::uint64_t sum = 0;
  for (const char* target : {"/", "/id/7", "/id/{k}"}) sum += latency.at(target).at("count").get<std::uint64_t>();
  EXPECT_EQ(sum, latency.at("total").at("count").get<std::uint64_t>());
  EXPECT_EQ(loaded.row["params"]["request"], "3 URLs");
}

TEST(LoadRequests, WritesForPrometheusWhatItHasSeen) {
  test::TinyServer server("http");
  const subjects::ScratchFolder folder;
  const std::string file = (folder.path() / "load.prom").string();
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  const Loaded loaded = load(url, {"--metrics", file});
  const std::string text = test::contents_of(file);
  EXPECT_THAT(text, HasSubstr("bakeoff_load_replies_total{server=\"" + url + "\"} " +
                              std::to_string(loaded.row["client"]["replies_ok"].get<std::uint64_t>()) + "\n"));
  EXPECT_FALSE(std::filesystem::exists(file + ".part"));
}

TEST(LoadRequests, WhatCannotBeAskedIsBadUsageInOneLine) {
  const subjects::ScratchFolder folder;
  const std::string empty = (folder.path() / "empty").string(), urls = (folder.path() / "urls").string();
  test::write_text(empty, "");
  test::write_text(urls, "1 /a\n");
  struct Wrong {
    std::vector<std::string> more;
    const char* told;
  };
  const std::vector<Wrong> wrongs{{{"-H", "no colon"}, "a field is a line like"},
                                  {{"-H", "a: b\r\nc: d"}, "no control characters"},
                                  {{"-H", "Content-Length: 1"}, "the length of the body is sent with it"},
                                  {{"-X", "GET /"}, "a method is one word"},
                                  {{"--body", "@" + folder.path().string() + "/none"}, "--body: cannot read "},
                                  {{"--body", "@" + empty}, "--body: found "},
                                  {{"--urls", folder.path().string() + "/none"}, "--urls: cannot read "},
                                  {{"--urls", empty}, "--urls: found "},
                                  {{"--urls", urls, "--urls-in-order"}, "found weights in the list"},
                                  {{"--urls-in-order"}, "--urls-in-order: found no --urls"},
                                  {{"--requests", "0"}, "--requests: found \"0\""},
                                  {{"--per-connection", "5", "--churn"}, "--per-connection: found --churn"},
                                  {{"--stairs", "1k:10s"}, "with one step only"},
                                  {{"--stairs", "1k,2k:1s", "--rate", "5"}, "--stairs: found --rate"},
                                  {{"--metrics", folder.path().string()}, "which is no regular file"},
                                  {{"--metrics", "/dev/stdout"}, "which is no regular file"},
                                  {{"--metrics", folder.path().string() + "/none/file"}, "--metrics: cannot write "},
                                  {{"--requests", "5", "--slo", "p99=5ms"}, "--requests: found --slo without --rate"}};
  for (const Wrong& wrong : wrongs) {
    std::vector<std::string> arguments{"load", "http://127.0.0.1:1"};
    arguments.insert(arguments.end(), wrong.more.begin(), wrong.more.end());
    const auto result = bakeoff_call(arguments);
    EXPECT_EQ(result.status, 2) << wrong.told << ": " << result.errors;
    EXPECT_THAT(result.errors, HasSubstr(wrong.told));
    EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
  }
  const auto other = bakeoff_call({"load", "redis://127.0.0.1:1/ping", "-H", "a: b"});
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.errors, HasSubstr("expected a URL of http"));
}

}  // namespace
}  // namespace bakeoff::e2e

#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

TEST(HttpVerifier, ChecksWaitAndWorkWhenTheyAreTheTarget) {
  for (const std::string target : {"/wait/1000", "/work/1000"}) {
    const auto service = make_service("http");
    Conversation server(*service);
    const auto verifier = find_workload("http")->make_verifier({.request = target});
    const Heard heard = talk(*verifier, server, 100);
    EXPECT_EQ(heard.wrong, 0U) << verifier->complaint();
    EXPECT_EQ(heard.completed, 8U);
  }
}

TEST(HttpVerifier, AsksAForeignTargetOnlyThatItIsThereAndStays) {
  const auto entry = find_workload("http");
  const auto stable = entry->make_verifier({.request = "/index.html"});
  EXPECT_EQ(hear(*stable, http_reply("200 OK", "page") + http_reply("200 OK", "page"), 3).wrong, 0U);
  std::string none;
  EXPECT_FALSE(stable->next_request(none));
  const auto changing = entry->make_verifier({.request = "/index.html"});
  EXPECT_EQ(hear(*changing, http_reply("200 OK", "page") + http_reply("200 OK", "other"), 2).wrong, 1U);
  const auto absent = entry->make_verifier({.request = "/index.html"});
  EXPECT_EQ(hear(*absent, http_reply("404 Not Found", "")).wrong, 1U);
}

/// Everything that a verifier asks, our server being right.
std::string all_asked(const ClientSettings& settings) {
  const auto service = make_service("http");
  Conversation server(*service);
  const auto verifier = find_workload("http")->make_verifier(settings);
  std::string all;
  for (std::string request; verifier->next_request(request); request.clear()) {
    all += request;
    EXPECT_EQ(verifier->consume(server.say(request)).wrong, 0U) << verifier->complaint();
  }
  return all;
}

TEST(HttpVerifier, AsksAServerThatServesNoMoreThanTheRequestForNoOtherPage) {
  EXPECT_NE(all_asked({.request = "/"}).find("GET /id/"), std::string::npos);
  for (const std::string target : {"", "/"}) {
    const std::string asked = all_asked({.request = target, .whole = false});
    EXPECT_EQ(asked.find("/id/"), std::string::npos) << asked;
    EXPECT_NE(asked.find("GET / HTTP"), std::string::npos);
    EXPECT_NE(asked.find("HEAD / HTTP"), std::string::npos);
    EXPECT_NE(asked.find("GET /no-such-target HTTP"), std::string::npos);
  }
  EXPECT_NE(all_asked({.request = "/id/{k}", .whole = false}).find("GET /id/18446744073709551615 HTTP"),
            std::string::npos);
}

TEST(HttpVerifier, NoticesAServerThatLiesOnce) {
  for (int lie = 0; lie < 7; ++lie) {
    const auto service = make_service("http");
    Conversation server(*service);
    const auto verifier = find_workload("http")->make_verifier({});
    Heard heard;
    std::string request;
    for (int i = 0; verifier->next_request(request); ++i, request.clear()) {
      const std::string reply = server.say(request);
      add(heard, verifier->consume(i == lie ? "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n" : reply));
    }
    EXPECT_EQ(heard.completed, 7U);
    EXPECT_EQ(heard.wrong, 1U) << lie;
  }
}

}  // namespace
}  // namespace bakeoff::workloads

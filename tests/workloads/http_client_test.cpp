#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

std::unique_ptr<ClientSession> http_client(const std::string& target = "") {
  return find_workload("http")->make_client({.seed = 5, .request = target});
}

/// A reply as another server might write it.
std::string foreign(std::string_view status, std::string_view fields, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\nServer: other\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(HttpClient, EveryTargetIsAnsweredRightByOurServer) {
  for (const std::string target : {"", "/", "/id/{k}", "/id/7", "/wait/100", "/work/50", "/id/{k}?x=1"}) {
    const auto service = make_service("http");
    Conversation server(*service);
    const auto asking = http_client(target);
    const Heard heard = talk(*asking, server, 500, 5);
    EXPECT_EQ(heard.completed, 500U) << target;
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << asking->complaint();
  }
}

TEST(HttpClient, RepliesMayArriveByteByByte) {
  for (const std::string target : {"/", "/id/{k}"}) {
    const auto service = make_service("http");
    Conversation server(*service);
    const auto asking = http_client(target);
    std::string requests;
    for (int i = 0; i < 30; ++i) asking->next_request(requests);
    Heard heard;
    for (const char byte : server.say(requests)) add(heard, asking->consume({&byte, 1}));
    EXPECT_EQ(heard.completed, 30U);
    EXPECT_EQ(heard.wrong, 0U) << asking->complaint();
  }
}

TEST(HttpClient, TheNumbersOfAConnectionHaveEveryLength) {
  const auto asking = http_client("/id/{k}");
  std::set<std::size_t> lengths;
  for (int i = 0; i < 2000; ++i) {
    std::string request;
    asking->next_request(request);
    lengths.insert(request.size());
  }
  EXPECT_GE(lengths.size(), 18U);
}

TEST(HttpClient, AChangedBodyIsWrongOnTheFastPathToo) {
  const auto asking = http_client();
  EXPECT_EQ(hear(*asking, http_reply("200 OK", "one") + http_reply("200 OK", "one"), 2).wrong, 0U);
  EXPECT_EQ(hear(*asking, http_reply("200 OK", "two")).wrong, 1U);
  EXPECT_EQ(hear(*asking, http_reply("200 OK", "onetwo")).wrong, 1U);
  EXPECT_EQ(hear(*asking, http_reply("200 OK", "one")).wrong, 0U);
  EXPECT_EQ(asking->complaint(), "expected the same body as before: one, got two");
}

TEST(HttpClient, ANumberThatWasNotAskedForIsWrong) {
  const auto asking = http_client("/id/{k}");
  EXPECT_EQ(hear(*asking, http_reply("200 OK", "1")).wrong, 1U);
}

TEST(HttpClient, WithoutCheckEveryPageIsRightAndAnErrorIsStillAnError) {
  for (const std::string target : {"/", "/id/{k}"}) {
    const auto asking = find_workload("http")->make_client({.request = target, .check = false});
    Heard heard = hear(*asking, http_reply("200 OK", "one") + http_reply("200 OK", "another"), 2);
    EXPECT_EQ(heard.completed, 2U);
    EXPECT_EQ(heard.wrong, 0U) << target;
    EXPECT_EQ(asking->complaint(), "");
    heard = hear(*asking, foreign("302 Found", "Content-Length: 0\r\n", ""));
    EXPECT_EQ(heard.completed, 1U);
    EXPECT_EQ(heard.wrong + heard.error_replies, 0U) << target;
    heard = hear(*asking, http_reply("500 Internal Server Error", "oh"));
    EXPECT_EQ(heard.error_replies, 1U);
    EXPECT_EQ(heard.wrong, 0U);
    EXPECT_TRUE(hear(*asking, "SSH-2.0-x\r\n").broken);
  }
}

TEST(HttpClient, ReadsChunkedReplies) {
  const auto asking = http_client();
  const std::string chunked =
      foreign("200 OK", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nT: t\r\n\r\n");
  Heard heard = hear(*asking, chunked + chunked + foreign("200 OK", "Content-Length: 8\r\n", "abcdefgh"), 3);
  EXPECT_EQ(heard.completed, 3U);
  EXPECT_EQ(heard.wrong, 0U) << asking->complaint();
}

TEST(HttpClient, SkipsInterimReplies) {
  const auto asking = http_client();
  const Heard heard = hear(*asking, "HTTP/1.1 100 Continue\r\n\r\n" + http_reply("200 OK", "x"));
  EXPECT_EQ(heard.completed, 1U);
  EXPECT_EQ(heard.error_replies + heard.wrong, 0U);
}

TEST(HttpClient, RepliesWithoutABodyNeedNoLength) {
  const auto asking = http_client();
  const Heard heard = hear(*asking, foreign("204 No Content", "", "") + foreign("304 Not Modified", "", ""), 2);
  EXPECT_EQ(heard.completed, 2U);
  EXPECT_FALSE(heard.broken);
}

TEST(HttpClient, AStatusFrom400CountsAsAnErrorReply) {
  const auto asking = http_client("/id/{k}");
  const Heard heard = hear(*asking, http_reply("503 Service Unavailable", "busy"));
  EXPECT_EQ(heard.completed, 1U);
  EXPECT_EQ(heard.error_replies, 1U);
  EXPECT_EQ(heard.wrong, 0U);
  EXPECT_NE(asking->complaint(), "");
}

TEST(HttpClient, SaysTheStatusOfTheFirstErrorReplyInTheBytes) {
  const auto asking = http_client();
  std::string requests;
  for (int i = 0; i < 5; ++i) asking->next_request(requests);
  const std::string good = http_reply("200 OK", "x");
  EXPECT_EQ(asking->consume(good).status, 0U);
  const Consumed consumed = asking->consume(good + http_reply("503 Service Unavailable", "busy") +
                                            http_reply("429 Too Many Requests", "busy"));
  EXPECT_EQ(consumed.completed, 3U);
  EXPECT_EQ(consumed.error_replies, 2U);
  EXPECT_EQ(consumed.status, 503U);
  EXPECT_EQ(asking->consume(http_reply("404 Not Found", "")).status, 404U) << "each call begins anew";
}

TEST(HttpClient, ARedirectIsNotThePageAndCountsAsAnErrorReply) {
  for (const char* target : {"/", "/id/{k}"}) {
    const Heard heard = hear(*http_client(target), foreign("302 Found", "Content-Length: 0\r\n", ""));
    EXPECT_EQ(heard.error_replies, 1U) << target;
    EXPECT_EQ(heard.wrong, 0U);
  }
}

TEST(HttpClient, OneBodyIsLearntForAllConnectionsThatShareIt) {
  std::optional<std::string> learnt;
  const auto one = find_workload("http")->make_client({.request = "/", .learnt = &learnt});
  const auto other = find_workload("http")->make_client({.request = "/", .learnt = &learnt});
  EXPECT_EQ(hear(*one, http_reply("200 OK", "hello")).wrong, 0U);
  EXPECT_EQ(hear(*other, http_reply("200 OK", "")).wrong, 1U);
  EXPECT_EQ(hear(*other, http_reply("200 OK", "hello")).wrong, 0U);
}

TEST(HttpClient, ConnectionCloseIsReportedAndANewConnectionMayFollow) {
  const auto asking = http_client("/id/{k}");
  std::string requests;
  for (int i = 0; i < 3; ++i) asking->next_request(requests);
  const auto service = make_service("http");
  const std::string first = Conversation(*service).say(requests);
  const std::size_t end = first.find("\r\n\r\n");
  const std::string closing = first.substr(0, end) + "\r\nConnection: close" + first.substr(end);
  const std::size_t one = closing.find("HTTP/1.1", 8);
  const Consumed consumed = asking->consume(closing.substr(0, one));
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_EQ(consumed.wrong, 0U) << asking->complaint();
  EXPECT_TRUE(consumed.closing);
  Conversation next(*service);
  const Heard heard = talk(*asking, next, 10);
  EXPECT_EQ(heard.completed, 10U);
  EXPECT_EQ(heard.wrong, 0U) << asking->complaint();
}

TEST(HttpClient, AnHttp10ReplyCloses) {
  EXPECT_TRUE(hear(*http_client(), "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx").closing);
}

TEST(HttpClient, WhatCannotBeReadIsBroken) {
  for (const std::string& reply :
       {std::string("+PONG\r\n"), foreign("200 OK", "", "until the end"),
        foreign("200 OK", "Content-Length: x\r\n", ""), foreign("200 OK", "Content-Length: 4194305\r\n", ""),
        std::string("HTTP/2 200\r\n\r\n"), foreign("200 OK", "Transfer-Encoding: chunked\r\n", "zz\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x')}) {
    const auto asking = http_client();
    EXPECT_TRUE(hear(*asking, reply).broken) << reply.substr(0, 100);
    EXPECT_NE(asking->complaint(), "");
  }
}

TEST(HttpClient, AnEndlessChunkedBodyIsBroken) {
  const auto asking = http_client();
  Heard heard = hear(*asking, foreign("200 OK", "Transfer-Encoding: chunked\r\n", ""));
  const std::string chunk = "100000\r\n" + std::string(0x100000, 'c') + "\r\n";
  for (int i = 0; i < 6; ++i) add(heard, asking->consume(chunk));
  EXPECT_TRUE(heard.broken);
}

TEST(HttpClient, LargeBodiesOnTheFastPathArriveInPieces) {
  const std::string reply = http_reply("200 OK", std::string(1'000'000, 'b'));
  const auto asking = http_client();
  Heard heard;
  std::string ignored;
  for (int i = 0; i < 3; ++i) asking->next_request(ignored);
  const std::string all = reply + reply + reply;
  for (std::size_t at = 0; at < all.size(); at += 16000) {
    add(heard, asking->consume(std::string_view(all).substr(at, 16000)));
  }
  EXPECT_EQ(heard.completed, 3U);
  EXPECT_EQ(heard.wrong, 0U);
}

TEST(HttpClient, TargetsThatCannotBeSentAreRefused) {
  for (const std::string target : {"id/5", "/a b", "/a\r\nX: y", "http://host/"}) {
    EXPECT_THROW(http_client(target), std::invalid_argument) << target;
  }
  EXPECT_THROW(find_workload("http")->make_client({.host = ""}), std::invalid_argument);
}

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

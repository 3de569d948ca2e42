#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/workloads/conversation.h"
#include "workloads/refusal.h"

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
  EXPECT_EQ(asking->consume(good).code.view(), "");
  const Consumed consumed = asking->consume(good + http_reply("503 Service Unavailable", "busy") +
                                            http_reply("429 Too Many Requests", "busy"));
  EXPECT_EQ(consumed.completed, 3U);
  EXPECT_EQ(consumed.error_replies, 2U);
  EXPECT_EQ(consumed.code.view(), "503");
  EXPECT_EQ(asking->consume(http_reply("404 Not Found", "")).code.view(), "404") << "each call begins anew";
}

TEST(HttpClient, ARedirectIsNotThePageAndCountsAsAnErrorReply) {
  for (const char* target : {"/", "/id/{k}"}) {
    const Heard heard = hear(*http_client(target), foreign("302 Found", "Content-Length: 0\r\n", ""));
    EXPECT_EQ(heard.error_replies, 1U) << target;
    EXPECT_EQ(heard.wrong, 0U);
  }
}

TEST(HttpClient, OneBodyIsLearntForAllConnectionsThatShareIt) {
  std::shared_ptr<ClientShare> share;
  const auto one = find_workload("http")->make_client({.request = "/", .share = &share});
  const auto other = find_workload("http")->make_client({.request = "/", .share = &share});
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

TEST(HttpClient, AShorterHeadIsFoundBehindOneThatCameInTwoPieces) {
  const auto asking = http_client("/page");
  std::string requests;
  for (int i = 0; i < 3; ++i) asking->next_request(requests);
  const std::string known = foreign("200 OK", "X-Long: a value of some length\r\nContent-Length: 1\r\n", "a");
  asking->consume(known);
  asking->consume(std::string_view(known).substr(0, known.size() - 5));
  asking->consume(std::string_view(known).substr(known.size() - 5));
  EXPECT_EQ(asking->consume("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na").completed, 1U);
}

TEST(HttpClient, AnUnaskedReplyThatOnlyBeginsAsATimeoutIsRefusedHoweverItIsCut) {
  for (const std::string_view bytes : {"HTa", "HTTP/1.1 2", "HTTP/1.1 409"}) {
    const auto whole = http_client(), cut = http_client();
    EXPECT_NE(whole->consume(bytes).refusal, "") << bytes;
    Consumed last;
    for (const char& byte : bytes) last = cut->consume({&byte, 1});
    EXPECT_NE(last.refusal, "") << bytes;
  }
}

TEST(HttpClient, WhatCameUnaskedGoesWithItsConnection) {
  const auto asking = http_client();
  for (const char* unasked : {"HTTP/1.1 4", "HTTP/1.1 408 Request Timeout\r\n\r\n", "\r"}) {
    EXPECT_EQ(hear(*asking, http_reply("200 OK", "one")).wrong, 0U);
    EXPECT_EQ(asking->consume(unasked).refusal, "");
    asking->connection_ended();
  }
  EXPECT_EQ(asking->consume(http_reply("200 OK", "one")).refusal, refusal::kUnasked) << "on the connection after it";
}

TEST(HttpClient, AnHttp10ReplyCloses) {
  EXPECT_TRUE(hear(*http_client(), "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx").closing);
}

TEST(HttpClient, WhatCannotBeReadIsBroken) {
  for (const std::string& reply :
       {std::string("+PONG\r\n"), foreign("200 OK", "Content-Length: x\r\n", ""),
        foreign("200 OK", "Content-Length: 4194305\r\n", ""), std::string("HTTP/2 200\r\n\r\n"),
        foreign("200 OK", "Transfer-Encoding: chunked\r\n", "zz\r\n"),
        "HTTP/1.1 200 OK\r\nX: " + std::string(70000, 'x')}) {
    const auto asking = http_client();
    EXPECT_TRUE(hear(*asking, reply).broken) << reply.substr(0, 100);
    EXPECT_NE(asking->complaint(), "");
  }
}

TEST(HttpClient, AReplyThatEndsWithTheConnectionIsComplete) {
  const auto asking = http_client();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(hear(*asking, foreign("200 OK", "", "the page")).completed, 0U);
    const Consumed last = asking->end();
    EXPECT_EQ(last.completed, 1U);
    EXPECT_TRUE(last.closing);
    EXPECT_EQ(last.wrong, 0U) << asking->complaint();
  }
  EXPECT_EQ(hear(*asking, foreign("200 OK", "", "another")).completed, 0U);
  EXPECT_EQ(asking->end().wrong, 1U);
  EXPECT_EQ(asking->end().completed, 0U) << "nothing is due";
}

TEST(HttpClient, AnIncompleteReplyIsNotCompletedByTheEnd) {
  for (const std::string& reply :
       {foreign("200 OK", "Content-Length: 9\r\n", "half"), std::string("HTTP/1.1 200 OK\r\n"),
        foreign("200 OK", "Transfer-Encoding: chunked\r\n", "1\r\na\r\n"), std::string()}) {
    const auto asking = http_client();
    hear(*asking, reply);
    EXPECT_EQ(asking->end().completed, 0U) << reply;
  }
}

TEST(HttpClient, AHeadWithALengthAndChunksIsNotRememberedByItsLength) {
  const auto asking = http_client();
  const std::string both =
      foreign("200 OK", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "5\r\nabcde\r\n0\r\n\r\n");
  const Heard heard = hear(*asking, both + both + both, 3);
  EXPECT_EQ(heard.completed, 3U);
  EXPECT_EQ(heard.wrong, 0U) << asking->complaint();
}

TEST(HttpClient, SaysWhyItReadsNoFurther) {
  const auto refused = [](const std::string& reply) {
    const auto asking = http_client();
    std::string ignored;
    asking->next_request(ignored);
    const std::string code(asking->consume(reply).refusal);
    return code + ": " + asking->complaint();
  };
  EXPECT_EQ(refused("-ERR max number of clients reached\r\n"),
            "not-http: expected an HTTP reply, got -ERR max number of clients reached\\r\\n");
  EXPECT_EQ(refused("HTTP/1.1 200 OK\r\nServer: s\r\nnonsense\r\n\r\n"),
            "bad-field: expected a field like Name: value, got nonsense");
  EXPECT_EQ(refused(foreign("200 OK", "Transfer-Encoding: chunked\r\n", "1\r\na\r\nzz")),
            "bad-chunk: expected a body in chunks, got zz");
}

TEST(HttpClient, MethodFieldsAndBodyAreSentAndTheReplyIsLearnt) {
  const auto asking = find_workload("http")->make_client(
      {.request = "/wait/5", .host = "a", .form = {.method = "POST", .fields = {"X: y", "host: b"}, .body = "12345"}});
  std::string request;
  asking->next_request(request);
  EXPECT_EQ(request, "POST /wait/5 HTTP/1.1\r\nhost: b\r\nX: y\r\nContent-Length: 5\r\n\r\n12345");
  Heard heard;
  add(heard, asking->consume(http_reply("200 OK", "made")));
  EXPECT_EQ(heard.completed, 1U);
  const Heard more = hear(*asking, http_reply("200 OK", "made") + http_reply("200 OK", "lost"), 2);
  EXPECT_EQ(more.completed, 2U);
  EXPECT_EQ(heard.wrong + more.wrong, 1U);
}

TEST(HttpClient, AMethodThatMayHaveABodySaysThatItHasNone) {
  for (const auto& [method, length] : {std::pair("POST", true), {"PUT", true}, {"PATCH", true}, {"DELETE", false}}) {
    const auto asking = find_workload("http")->make_client({.form = {.method = method}});
    std::string request;
    asking->next_request(request);
    EXPECT_EQ(request.find("Content-Length: 0\r\n") != std::string::npos, length) << request;
  }
}

TEST(HttpClient, RepliesToHeadHaveNoBodies) {
  const auto asking = find_workload("http")->make_client({.form = {.method = "HEAD"}});
  const std::string head = foreign("200 OK", "Content-Length: 5\r\n", "");
  const Heard heard = hear(*asking, head + head + head, 3);
  EXPECT_EQ(heard.completed, 3U);
  EXPECT_EQ(heard.wrong, 0U) << asking->complaint();
}

TEST(HttpClient, WhatWouldBreakTheFramingIsRefused) {
  const std::vector<HttpForm> forms{{.method = ""},
                                    {.method = "GET /"},
                                    {.method = "CONNECT"},
                                    {.fields = {"no colon"}},
                                    {.fields = {": no name"}},
                                    {.fields = {"a b: c"}},
                                    {.fields = {"a: b\r\nc: d"}},
                                    {.fields = {"a: b\n"}},
                                    {.fields = {std::string("a: \0", 4)}},
                                    {.fields = {"Content-Length: 1"}},
                                    {.fields = {"content-length: 0"}},
                                    {.fields = {"Transfer-Encoding: chunked"}},
                                    {.fields = {"Host: a", "HOST: b"}}};
  for (const HttpForm& form : forms) {
    EXPECT_THROW(find_workload("http")->make_client({.form = form}), std::invalid_argument)
        << form.method << (form.fields.empty() ? "" : form.fields[0]);
  }
}

TEST(HttpClient, UrlsAreDrawnByTheirWeightsOrAskedForInTheirOrder) {
  const auto targets = [](bool in_order) {
    const auto asking = find_workload("http")->make_client(
        {.urls = {{"/a", 1}, {"/b", 2}, {"/a", 1}, {"/c", 4}}, .urls_in_order = in_order});
    EXPECT_EQ(std::vector<std::string>(asking->classes().begin(), asking->classes().end()),
              (std::vector<std::string>{"/a", "/b", "/c"}));
    std::vector<std::string> asked;
    for (int i = 0; i < 8000; ++i) {
      std::string request;
      asking->next_request(request);
      asked.push_back(request.substr(4, 2));
      EXPECT_EQ(asking->classes()[asking->last_class()], asked.back());
    }
    return asked;
  };
  const std::vector<std::string> ordered = targets(true);
  EXPECT_EQ((std::vector<std::string>(ordered.begin(), ordered.begin() + 5)),
            (std::vector<std::string>{"/a", "/b", "/a", "/c", "/a"}));
  const std::vector<std::string> drawn = targets(false);
  const auto share = [&](const char* target) {
    return static_cast<double>(std::count(drawn.begin(), drawn.end(), target)) / static_cast<double>(drawn.size());
  };
  // Five standard deviations of a share of 8,000 draws are below 0.03.
  EXPECT_NEAR(share("/a"), 0.25, 0.03);
  EXPECT_NEAR(share("/b"), 0.25, 0.03);
  EXPECT_NEAR(share("/c"), 0.5, 0.03);
}

TEST(HttpClient, EachUrlHasABodyOfItsOwn) {
  const auto asking = find_workload("http")->make_client({.urls = {{"/a", 1}, {"/b", 1}}, .urls_in_order = true});
  const std::string a = http_reply("200 OK", "a"), b = http_reply("200 OK", "b");
  EXPECT_EQ(hear(*asking, a + b + a + b, 4).wrong, 0U) << asking->complaint();
  EXPECT_EQ(hear(*asking, b + b, 2).wrong, 1U);
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

}  // namespace
}  // namespace bakeoff::workloads

// The HTTP server beyond its vectors: limits and long input.
#include <gtest/gtest.h>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

class HttpServer : public testing::Test {
 protected:
  std::unique_ptr<Service> service_ = make_service("http");
  Conversation server_{*service_};

  void expect_refusal(const std::string& reply, std::string_view status) {
    const std::string reason(status.substr(4));
    EXPECT_EQ(reply, http_reply(status, reason, "Connection: close\r\n"));
    EXPECT_TRUE(server_.closed());
  }
};

const std::string kRequest = "GET /id/5 HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(HttpServer, OversizeFieldsAre431HoweverTheyArrive) {
  const std::string field = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 2000; ++i) many += "a: b\r\n";
  const std::string target = "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n\r\n";
  const std::string method = std::string(9000, 'X') + " / HTTP/1.1\r\n\r\n";
  for (const std::string& request : {field, many, target, method}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{6}, std::size_t{100}, request.size()}) {
      server_ = Conversation(*service_);
      expect_refusal(server_.say_in_pieces(request, [&] { return piece; }), "431 Request Header Fields Too Large");
    }
  }
}

TEST_F(HttpServer, FieldsThatArriveOneByOneAreLimitedToo) {
  server_.say("GET / HTTP/1.1\r\n");
  std::string reply;
  for (int i = 0; i < 2000 && !server_.closed(); ++i) reply += server_.say("a: b\r\n");
  expect_refusal(reply, "431 Request Header Fields Too Large");
}

TEST_F(HttpServer, AnOversizeChunkedBodyIs413) {
  server_.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string reply;
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'c') + "\r\n";
  for (int i = 0; i < 20 && !server_.closed(); ++i) reply += server_.say(chunk);
  expect_refusal(reply, "413 Content Too Large");
}

TEST_F(HttpServer, EndlessTrailersAndChunkExtensionsAreRefused) {
  for (const std::string begin : {"0\r\na: ", "5;"}) {
    server_ = Conversation(*service_);
    server_.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + begin);
    std::string reply;
    for (int i = 0; i < 100 && !server_.closed(); ++i) reply += server_.say(std::string(1000, 'x'));
    expect_refusal(reply, "400 Bad Request");
  }
}

TEST_F(HttpServer, ABodyOfOneMebibyteIsReadAndThrownAway) {
  const std::string body(1024 * 1024, 'b');
  const std::string request = "GET /id/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body;
  EXPECT_EQ(server_.say_in_pieces(request, [] { return 16 * 1024; }), http_reply("200 OK", "5"));
  EXPECT_EQ(server_.say_byte_by_byte(request), http_reply("200 OK", "5"));
  EXPECT_EQ(server_.say(kRequest), http_reply("200 OK", "5"));
}

TEST_F(HttpServer, AHundredThousandRequestsInOneBuffer) {
  std::string pipeline;
  for (int i = 0; i < 100'000; ++i) pipeline += kRequest;
  const std::string one = http_reply("200 OK", "5");
  EXPECT_EQ(server_.say(pipeline).size(), 100'000 * one.size());
  EXPECT_LE(server_.longest_handover(), kReplyCap + one.size());
}

TEST_F(HttpServer, AWaitHoldsTheFollowingRequestsBack) {
  std::string replies;
  ServerSession& session = server_.session();
  const Step step = session.feed("GET /wait/250 HTTP/1.1\r\nHost: a\r\n\r\n" + kRequest, replies);
  EXPECT_EQ(step.want, Step::Want::wait);
  EXPECT_EQ(step.pause, std::chrono::microseconds(250));
  EXPECT_EQ(session.feed(kRequest, replies).want, Step::Want::wait);
  EXPECT_EQ(replies, "");
  EXPECT_EQ(session.resume("", replies).want, Step::Want::input);
  EXPECT_EQ(replies, http_reply("200 OK", "waited 250") + http_reply("200 OK", "5") + http_reply("200 OK", "5"));
}

TEST_F(HttpServer, WorkIsAskedForWithItsRoundsAsSeed) {
  std::string replies;
  const Step step = server_.session().feed("GET /work/12 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", replies);
  EXPECT_EQ(step.want, Step::Want::compute);
  EXPECT_EQ(step.work.rounds, 12U);
  EXPECT_EQ(step.work.seed, 12U);
  EXPECT_EQ(server_.session().resume("77", replies).want, Step::Want::close);
  EXPECT_EQ(replies, http_reply("200 OK", "77", "Connection: close\r\n"));
}

TEST_F(HttpServer, BytesThatAreNoHttpAre400) {
  for (const std::string_view bytes :
       {"\x16\x03\x01\x02\x01\x01",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\xa0\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a:80x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a%4\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"}) {
    server_ = Conversation(*service_);
    expect_refusal(server_.say(bytes), "400 Bad Request");
    server_ = Conversation(*service_);
    expect_refusal(server_.say_byte_by_byte(bytes), "400 Bad Request");
  }
}

TEST_F(HttpServer, ExpectIsAnsweredWhetherTheBodyIsAlreadyThereOrNot) {
  const std::string head = "GET /id/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  for (const std::size_t early : {0, 2, 4}) {
    const std::string body = "abcd";
    std::string replies = server_.say(head + body.substr(0, early));
    replies += server_.say(body.substr(early));
    EXPECT_EQ(replies, "HTTP/1.1 100 Continue\r\n\r\n" + http_reply("200 OK", "5"));
  }
  EXPECT_EQ(server_.say("GET /id/5 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"),
            http_reply("200 OK", "5"))
      << "there is no body to wait for";
}

TEST_F(HttpServer, HostsOfEveryKindAreTaken) {
  for (const std::string_view host :
       {"a", "", "a.example:8080", "127.0.0.1", "[::1]", "[::1]:80", "a:", "%41_b~!$&'()*+,;="}) {
    const std::string request = "GET /id/5 HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n";
    EXPECT_EQ(server_.say(request), http_reply("200 OK", "5")) << host;
  }
}

TEST_F(HttpServer, FieldsBehindABodyAreNotThoseOfTheRequest) {
  const std::string begin = "POST /id/5 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string_view trailer :
       {"Host: b", "Content-Length: 3", "Transfer-Encoding: gzip", "Connection: close"}) {
    const std::string request = begin + "0\r\n" + std::string(trailer) + "\r\n\r\n";
    const std::string reply = server_.say(request);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 405 ")) << trailer;
    EXPECT_EQ(server_.say_byte_by_byte(request), reply) << trailer;
    EXPECT_FALSE(server_.closed());
  }
}

TEST_F(HttpServer, AnEmptyBodyInChunksMayComeInPieces) {
  const std::string request = "GET /id/5 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
  EXPECT_EQ(server_.say_byte_by_byte(request), http_reply("200 OK", "5"));
}

TEST_F(HttpServer, AChunkTooLongToCountIs413HoweverItArrives) {
  const std::string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n";
  expect_refusal(server_.say(request), "413 Content Too Large");
  server_ = Conversation(*service_);
  expect_refusal(server_.say_byte_by_byte(request), "413 Content Too Large");
}

TEST_F(HttpServer, TheReceiptCountsRequestsAndRefusals) {
  std::size_t sent = server_.say(kRequest + kRequest).size();
  sent += server_.say("rubbish\r\n\r\n").size();
  { const Conversation gone = std::move(server_); }
  EXPECT_EQ(service_->receipt().requests, 3U);
  EXPECT_EQ(service_->receipt().bytes_received, 2 * kRequest.size() + 11);
  EXPECT_EQ(service_->receipt().bytes_sent, sent);
}

}  // namespace
}  // namespace bakeoff::workloads

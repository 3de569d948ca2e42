// What a server sends, cut into replies that can be compared.
#include "harness/conform/reply_reader.h"

#include <gmock/gmock.h>

namespace bakeoff::conform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The replies in these bytes, which come one by one.
std::vector<std::string> replies_in(ReplyReader& reader, const std::string& bytes) {
  std::vector<std::string> replies;
  std::string pending;
  for (const char byte : bytes) {
    pending += byte;
    while (auto reply = reader.take(pending)) replies.push_back(std::move(*reply));
  }
  return replies;
}

const std::string kHead = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: text/plain; charset=utf-8\r\n";

TEST(ReplyReader, OfHttpKnowsLengthsAndChunks) {
  ReplyReader reader("http", 0);
  EXPECT_THAT(replies_in(reader, kHead + "content-length: 2\r\n\r\nab" + kHead +
                                     "Transfer-Encoding: chunked\r\n\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"),
              ElementsAre("200 ab", "200 cde"));
  EXPECT_EQ(reader.complaint(), "");
}

TEST(ReplyReader, OfHttpKnowsExtensionsAndTrailersAndComplainsOfChunksThatAreNone) {
  const std::string head = kHead + "Transfer-Encoding: chunked\r\n\r\n";
  ReplyReader reader("http", 0);
  EXPECT_THAT(replies_in(reader, head + "2;a=b\r\ncd\r\n0\r\nDigest: x\r\n\r\n" + head + "0\r\n\r\n"),
              ElementsAre("200 cd", "200 "));
  EXPECT_EQ(reader.complaint(), "");
  for (const std::string body : {"2\ncd\r\n0\r\n\r\n", "2\r\ncde\r\n0\r\n\r\n", "x\r\n", "-1\r\n"}) {
    ReplyReader broken("http", 0);
    EXPECT_THAT(replies_in(broken, head + body), ElementsAre()) << body;
    EXPECT_THAT(broken.complaint(), HasSubstr("chunks that are none")) << body;
  }
}

TEST(ReplyReader, OfHttpKnowsTheRepliesToHead) {
  ReplyReader reader("http", 0, head_requests("HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"));
  EXPECT_THAT(replies_in(reader, kHead + "Content-Length: 13\r\n\r\n" + kHead + "Content-Length: 1\r\n\r\na"),
              ElementsAre("200 HEAD 13", "200 a"));
}

TEST(ReplyReader, OfHttpComparesRefusalsByTheirStatus) {
  ReplyReader reader("http", 0);
  EXPECT_THAT(replies_in(reader, "HTTP/1.1 404 Gone fishing\r\nContent-Length: 3\r\n\r\nno!"), ElementsAre("404"));
  EXPECT_EQ(reader.complaint(), "");
}

TEST(ReplyReader, OfHttpWaitsForALengthThatNoMemoryHas) {
  for (const std::string framing : {"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n",
                                    "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffb\r\nabc\r\n",
                                    "Content-Length: 18446744073709551615\r\n\r\nabc"}) {
    ReplyReader reader("http", 0);
    EXPECT_THAT(replies_in(reader, kHead + framing), ElementsAre()) << framing;
    EXPECT_EQ(reader.complaint(), "");
  }
}

TEST(ReplyReader, OfHttpTakesNothingBehindARefusalThatGoesOnToTheEnd) {
  ReplyReader reader("http", 0);
  EXPECT_THAT(replies_in(reader, "HTTP/1.1 400 Bad\r\n\r\nHTTP/1.1 400 Bad\r\n\r\n"), ElementsAre("400"));
  EXPECT_EQ(reader.complaint(), "");
}

TEST(ReplyReader, OfHttpComplainsOfWhatAReplyMustHave) {
  ReplyReader without_date("http", 0);
  replies_in(without_date, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(without_date.complaint(), "a reply without Date");
  ReplyReader other_type("http", 0);
  replies_in(other_type, "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(other_type.complaint(), HasSubstr("text/html"));
  ReplyReader without_length("http", 0);
  EXPECT_THAT(replies_in(without_length, kHead + "\r\nabc"), ElementsAre());
  EXPECT_EQ(without_length.complaint(), "a reply without Content-Length");
  ReplyReader no_http("http", 0);
  replies_in(no_http, "SSH-2.0-OpenSSH\r\n\r\n");
  EXPECT_THAT(no_http.complaint(), HasSubstr("no status line"));
}

TEST(ReplyReader, OfCounterKnowsTheFormsOfResp) {
  ReplyReader reader("counter", 0);
  EXPECT_THAT(replies_in(reader, "+OK\r\n:-5\r\n$-1\r\n$4\r\na\r\nb\r\n-ERR whatever\r\n"),
              ElementsAre("+OK\r\n", ":-5\r\n", "$-1\r\n", "$4\r\na\r\nb\r\n", "-"));
  replies_in(reader, "hello\r\n");
  EXPECT_THAT(reader.complaint(), HasSubstr("no reply of RESP"));
}

TEST(ReplyReader, OfEchoCutsMessages) {
  ReplyReader reader("echo", 3);
  EXPECT_THAT(replies_in(reader, "abcdefg"), ElementsAre("abc", "def"));
}

}  // namespace
}  // namespace bakeoff::conform

// Each row of HTTP_REPLIES.md, however its bytes are cut.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/workloads/reply_cases.h"
#include "workloads/catalogue.h"

namespace bakeoff::workloads {
namespace {

/// The same of a client that waits for nothing.
class Unasked {
 public:
  void feed(std::string_view bytes) {
    if (said_ != "nothing") return;
    const Consumed consumed = client_->consume(bytes);
    if (!consumed.refusal.empty()) said_ = "refused " + std::string(consumed.refusal);
    if (consumed.closing) said_ = "closes";
    EXPECT_EQ(consumed.completed, 0U);
  }
  std::string end() const { return said_; }

 private:
  std::unique_ptr<ClientSession> client_ = find_workload("http")->make_client({});
  std::string said_ = "nothing";
};

/// What the bytes come to when they arrive in these pieces.
std::string outcome(const ReplyCase& one, const std::vector<std::string_view>& pieces) {
  const auto run = [&](auto reading) {
    // A copy of its own for each piece, so that reading beyond it is seen by the sanitizer.
    for (const std::string_view piece : pieces) reading.feed(std::string(piece));
    return reading.end();
  };
  return one.asked == "nothing" ? run(Unasked()) : run(ReplyReading(one.asked == "HEAD"));
}

class HttpReplies : public testing::TestWithParam<ReplyCase> {};

TEST_P(HttpReplies, ComeToWhatThePageSaysHoweverTheyAreCut) {
  const std::string_view bytes = GetParam().bytes;
  EXPECT_EQ(outcome(GetParam(), {bytes}), GetParam().comes_to);
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  EXPECT_EQ(outcome(GetParam(), single), GetParam().comes_to) << "byte by byte";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    EXPECT_EQ(outcome(GetParam(), {bytes.substr(0, cut), bytes.substr(cut)}), GetParam().comes_to) << "cut at " << cut;
  }
}

std::string name_of(const testing::TestParamInfo<ReplyCase>& info) {
  std::string name;
  for (const char byte : info.param.name) name += std::isalnum(static_cast<unsigned char>(byte)) != 0 ? byte : '_';
  return std::to_string(info.index) + "_" + name;
}

INSTANTIATE_TEST_SUITE_P(Page, HttpReplies, testing::ValuesIn(read_reply_cases()), name_of);

TEST(HttpRepliesPage, HasItsRows) {
  EXPECT_GE(read_reply_cases().size(), 85U);
}

/// A reply of each limit of the page, and of one more.
TEST(HttpRepliesPage, LimitsAreThoseOfThePage) {
  const auto head = [](std::size_t bytes) {
    const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ", end = "\r\n\r\n";
    return begin + std::string(bytes - begin.size() - end.size(), 'x') + end;
  };
  const auto interim = [](int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
    return bytes + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  };
  const auto trailers = [](std::size_t bytes) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:" + std::string(bytes - 2, 'x') + "\r\n\r\n";
  };
  const auto body = [](std::size_t bytes) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'b');
  };
  constexpr std::size_t kBody = 4UL * 1024 * 1024;
  for (const auto& [bytes, expected] : {std::pair(head(64UL * 1024), std::string("200")),
                                        {head(64UL * 1024 + 1), "refused head-too-long"},
                                        {interim(64), "200"},
                                        {interim(65), "refused interim"},
                                        {trailers(16UL * 1024), "200"},
                                        {trailers(16UL * 1024 + 1), "refused bad-chunk"},
                                        {body(kBody), "200 " + std::string(kBody, 'b')},
                                        {body(kBody + 1), "refused too-long"}}) {
    const ReplyCase one{.name = "", .asked = "GET", .bytes = bytes, .comes_to = expected};
    EXPECT_TRUE(outcome(one, {bytes}) == expected) << bytes.substr(0, 60);
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < bytes.size(); at += 1000) pieces.push_back(std::string_view(bytes).substr(at, 1000));
    EXPECT_TRUE(outcome(one, pieces) == expected) << "in pieces: " << bytes.substr(0, 60);
  }
}

TEST(HttpRepliesPage, ABodyThatIsOnlyCountedHasNoLimit) {
  const auto client = find_workload("http")->make_client({.check = false});
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n";
  const std::string part(1'000'000, 'b');
  for (int reply = 0; reply < 3; ++reply) {  // The second and third have a head that is known.
    std::string asked;
    client->next_request(asked);
    EXPECT_EQ(client->consume(head).completed, 0U);
    for (int i = 1; i <= 30; ++i) EXPECT_EQ(client->consume(part).completed, i == 30 ? 1U : 0U);
  }
  EXPECT_EQ(client->complaint(), "");
}

}  // namespace
}  // namespace bakeoff::workloads

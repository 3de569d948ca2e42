// What `bakeoff conform` expects of a server is what our own sessions answer.
#include "harness/conform/conversation_case.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/conform/reply_reader.h"
#include "tests/conformance/files.h"
#include "tests/conformance/oracle.h"

namespace bakeoff::conformance {
namespace {

class ConversationCases : public testing::TestWithParam<conform::Topic> {};

TEST_P(ConversationCases, AreAnsweredAsExpectedByOurOwnSessions) {
  const conform::Topic& topic = GetParam();
  std::size_t tried = 0;
  for (const conform::ConversationCase& one : conform::conversation_cases(topic)) {
    std::string requests;
    for (const std::string& piece : one.pieces) requests += piece;
    Expected answer = expected_answer(*workloads::find_workload(topic.workload), requests);
    conform::ReplyReader reader(topic.workload, topic.message_bytes, conform::head_requests(requests));
    std::vector<std::string> replies;
    while (auto reply = reader.take(answer.replies)) replies.push_back(std::move(*reply));
    EXPECT_EQ(replies, one.expected) << one.name;
    EXPECT_EQ(reader.complaint(), "") << one.name;
    EXPECT_EQ(answer.replies, "") << one.name;
    EXPECT_EQ(answer.closes, one.ending == conform::Ending::closes) << one.name;
    ++tried;
  }
  EXPECT_GT(tried, 4U);
}

INSTANTIATE_TEST_SUITE_P(Every, ConversationCases,
                         testing::Values(conform::Topic{.workload = "echo"}, conform::Topic{.workload = "http"},
                                         conform::Topic{.workload = "http", .answers_all = false},
                                         conform::Topic{.workload = "http", .files = kFiles},
                                         conform::Topic{.workload = "counter"}),
                         [](const auto& topic) {
                           return topic.param.workload + (topic.param.answers_all ? "" : "_hello") +
                                  (topic.param.files ? "_files" : "");
                         });

}  // namespace
}  // namespace bakeoff::conformance

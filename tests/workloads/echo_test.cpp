#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

#include "tests/workloads/conversation.h"

namespace bakeoff::workloads {
namespace {

std::unique_ptr<ClientSession> echo_client(std::uint64_t connection = 0, std::size_t bytes = 64) {
  return find_workload("echo")->make_client({.seed = 5, .connection = connection, .message_bytes = bytes});
}

TEST(Echo, AClientIsSatisfiedWithOurServerAtEverySize) {
  for (const std::size_t bytes : {1, 7, 8, 64, 100, 5000, 1048576}) {
    const auto service = make_service("echo", StoreKind::unshared, bytes);
    Conversation server(*service);
    const Heard heard = talk(*echo_client(0, bytes), server, bytes > 100000 ? 3 : 100, 4);
    EXPECT_EQ(heard.completed, bytes > 100000 ? 3U : 100U);
    EXPECT_EQ(heard.wrong, 0U);
    EXPECT_FALSE(heard.broken);
  }
}

TEST(Echo, AHundredThousandMessagesInOneBufferComeBackInBoundedPieces) {
  const auto service = make_service("echo");
  Conversation server(*service);
  auto asking = echo_client();
  std::string pipeline;
  for (int i = 0; i < 100'000; ++i) asking->next_request(pipeline);
  const std::string replies = server.say(pipeline);
  EXPECT_EQ(replies, pipeline);
  EXPECT_LE(server.longest_handover(), kReplyCap);
  EXPECT_EQ(asking->consume(replies).completed, 100'000U);
}

TEST(Echo, EveryConnectionAndEveryMessageDiffers) {
  std::set<std::string> seen;
  for (std::uint64_t connection = 0; connection < 20; ++connection) {
    const auto asking = echo_client(connection);
    for (int i = 0; i < 20; ++i) {
      std::string message;
      asking->next_request(message);
      EXPECT_EQ(message.size(), 64U);
      EXPECT_TRUE(seen.insert(message).second);
    }
  }
}

TEST(Echo, TheSameSeedAndConnectionAskTheSame) {
  std::string once;
  std::string again;
  const auto first = echo_client(3);
  const auto second = echo_client(3);
  for (int i = 0; i < 10; ++i) {
    first->next_request(once);
    second->next_request(again);
  }
  EXPECT_EQ(once, again);
}

TEST(Echo, AnyByteThatDiffersIsNoticed) {
  for (std::size_t at = 0; at < 64; ++at) {
    const auto asking = echo_client();
    std::string message;
    asking->next_request(message);
    message[at] = static_cast<char>(message[at] ^ 1);
    const Consumed consumed = asking->consume(message);
    EXPECT_EQ(consumed.completed, 1U);
    EXPECT_EQ(consumed.wrong, 1U);
    EXPECT_NE(asking->complaint(), "");
  }
}

TEST(Echo, WithoutCheckOnlyTheNumberOfBytesCounts) {
  const auto asking = find_workload("echo")->make_client({.message_bytes = 4, .check = false});
  std::string messages;
  for (int i = 0; i < 3; ++i) asking->next_request(messages);
  Consumed consumed = asking->consume("abcdefghi");
  EXPECT_EQ(consumed.completed, 2U);
  EXPECT_EQ(consumed.wrong, 0U);
  consumed = asking->consume("jklm");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_FALSE(consumed.refusal.empty()) << "a byte more than was asked for";
  const auto verifier = find_workload("echo")->make_verifier({.message_bytes = 4, .check = false});
  EXPECT_EQ(hear(*verifier, "abcd").wrong, 1U) << "verifiers always compare";
}

TEST(Echo, RepliesInTheWrongOrderAreWrong) {
  const auto asking = echo_client();
  std::string first;
  std::string second;
  asking->next_request(first);
  asking->next_request(second);
  EXPECT_EQ(asking->consume(second + first).wrong, 2U);
}

TEST(Echo, MoreThanWasAskedForBreaksTheConnection) {
  const auto asking = echo_client();
  std::string message;
  asking->next_request(message);
  const Consumed consumed = asking->consume(message + "x");
  EXPECT_EQ(consumed.completed, 1U);
  EXPECT_FALSE(consumed.refusal.empty());
  EXPECT_NE(asking->complaint(), "");
}

TEST(Echo, TheVerifierEnds) {
  const auto service = make_service("echo");
  Conversation server(*service);
  const auto verifier = find_workload("echo")->make_verifier({});
  const Heard heard = talk(*verifier, server, 1000);
  EXPECT_EQ(heard.completed, 5U);
  EXPECT_EQ(heard.wrong, 0U);
  EXPECT_EQ(verifier->complaint(), "");
}

std::unique_ptr<ClientSession> liner(std::uint64_t connection = 0, std::size_t bytes = 64) {
  return find_workload("echo")->make_client(
      {.seed = 5, .connection = connection, .message_bytes = bytes, .request = "lines"});
}

TEST(EchoLines, EachMessageEndsInANewlineAndHasNoOtherAndDiffers) {
  std::set<std::string> seen;
  for (std::uint64_t connection = 0; connection < 20; ++connection) {
    const auto asking = liner(connection);
    for (int i = 0; i < 20; ++i) {
      std::string message;
      asking->next_request(message);
      ASSERT_EQ(message.size(), 64U);
      EXPECT_EQ(message.find('\n'), 63U);
      for (const char c : message.substr(0, 63)) EXPECT_TRUE(c >= '@' && c <= '_') << c;
      EXPECT_TRUE(seen.insert(message).second);
    }
  }
}

TEST(EchoLines, OurServerSendsThemBackAtEverySize) {
  for (const std::size_t bytes : {1, 2, 8, 64, 5000}) {
    const auto service = make_service("echo", StoreKind::unshared, bytes);
    Conversation server(*service);
    const Heard heard = talk(*liner(0, bytes), server, 100, 4);
    EXPECT_EQ(heard.completed, 100U);
    EXPECT_EQ(heard.wrong, 0U);
    EXPECT_FALSE(heard.broken);
  }
}

TEST(EchoLines, AnyByteThatDiffersIsNoticed) {
  for (std::size_t at = 0; at < 64; ++at) {
    const auto asking = liner();
    std::string message;
    asking->next_request(message);
    message[at] = static_cast<char>(message[at] ^ 1);
    EXPECT_EQ(asking->consume(message).wrong, 1U) << at;
  }
}

TEST(EchoLines, TheVerifierSendsLinesToo) {
  const auto verifier = find_workload("echo")->make_verifier({.request = "lines"});
  const auto service = make_service("echo");
  Conversation server(*service);
  int lines = 0;
  for (std::string message; verifier->next_request(message); message.clear(), ++lines) {
    EXPECT_EQ(message.find('\n'), message.size() - 1);
    EXPECT_EQ(verifier->consume(server.say(message)).wrong, 0U);
  }
  EXPECT_EQ(lines, 5);
}

TEST(Echo, SizesOutOfRangeAndRequestsAreRefused) {
  EXPECT_THROW(make_service("echo", StoreKind::unshared, 0), std::invalid_argument);
  EXPECT_THROW(make_service("echo", StoreKind::unshared, 1048577), std::invalid_argument);
  EXPECT_THROW(echo_client(0, 0), std::invalid_argument);
  EXPECT_THROW(find_workload("echo")->make_client({.request = "ping"}), std::invalid_argument);
  EXPECT_THROW(find_workload("echo")->make_client({.request = "line"}), std::invalid_argument);
  EXPECT_THROW(find_workload("echo")->make_verifier({.request = "Lines"}), std::invalid_argument);
}

}  // namespace
}  // namespace bakeoff::workloads

#include "harness/load/counter_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <stdexcept>

#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::load {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::atomic<bool> kNoStop{false};

journal::CounterCheck check_of(std::int64_t initial, std::int64_t final, std::uint64_t acknowledged,
                               std::uint64_t unacknowledged = 0) {
  return with_losses(
      {.initial = initial, .final = final, .acknowledged = acknowledged, .unacknowledged = unacknowledged});
}

TEST(CounterCheck, BalancesWhenWhatWasAcknowledgedIsThere) {
  const journal::CounterCheck check = check_of(7, 107, 100);
  EXPECT_EQ(check.lost, 0U);
  EXPECT_EQ(check.surplus, 0U);
  EXPECT_THAT(counter_events(check, true), IsEmpty());
}

TEST(CounterCheck, UnansweredIncrementsMayHaveBeenDoneOrNot) {
  for (const std::int64_t final : {100, 103, 105}) {
    EXPECT_EQ(check_of(0, final, 100, 5).lost, 0U) << final;
    EXPECT_EQ(check_of(0, final, 100, 5).surplus, 0U) << final;
  }
  EXPECT_EQ(check_of(0, 99, 100, 5).lost, 1U);
  EXPECT_EQ(check_of(0, 106, 100, 5).surplus, 1U);
}

TEST(CounterCheck, AKeyThatFellHasLostWhatItHadTooBefore) {
  const journal::CounterCheck check = check_of(1000, 50, 100);
  EXPECT_EQ(check.lost, 1050U);
  EXPECT_EQ(check.surplus, 0U);
}

TEST(CounterCheck, DoesNotOverflow) {
  EXPECT_EQ(check_of(INT64_MIN, INT64_MAX, 1).surplus, UINT64_MAX - 1);
  EXPECT_EQ(check_of(INT64_MAX, INT64_MIN, 5).lost, UINT64_MAX);
  EXPECT_EQ(check_of(-10, 10, 20).lost, 0U);
  EXPECT_EQ(check_of(INT64_MIN, INT64_MAX, UINT64_MAX, UINT64_MAX).surplus, 0U);
}

TEST(CounterCheck, SaysWhatIsWrongInWords) {
  journal::CounterCheck check = check_of(0, 95, 100);
  check.duplicates = 3;
  EXPECT_THAT(counter_events(check, false),
              ElementsAre(HasSubstr("5 increments that were acknowledged"),
                          HasSubstr("3 increments were answered with a number"), HasSubstr("only a part of them")));
  EXPECT_THAT(counter_events(check_of(0, 150, 100), true), ElementsAre(HasSubstr("rose by 50 more than was sent")));
}

TEST(CounterCheck, KnowsWhichKeyALoadIncrements) {
  EXPECT_EQ(incremented_key("counter", ""), "counter");
  EXPECT_EQ(incremented_key("counter", "incr/a:b/c"), "a:b/c");
  EXPECT_EQ(incremented_key("counter", "get/k"), std::nullopt);
  EXPECT_EQ(incremented_key("http", "incr/k"), std::nullopt);
}

std::int64_t ask(const test::TinyServer& server, std::string_view key, double timeout_s = 5) {
  journal::ClientReceipt receipt;
  return read_counter(resolve("127.0.0.1", server.port()), {}, key, timeout_s, kNoStop, receipt);
}

/// What a server that answers with these bytes is said to have done.
std::string complaint_about(const std::string& reply) {
  const test::TinyServer server("counter", [&](std::string& replies) {
    replies = reply;
    return true;
  });
  try {
    return "read " + std::to_string(ask(server, "k"));
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(ReadCounter, GivesTheNumberAtTheKeyAndZeroForNone) {
  EXPECT_EQ(ask(test::TinyServer("counter"), "no such key"), 0);
  EXPECT_EQ(complaint_about("$2\r\n42\r\n"), "read 42");
  EXPECT_EQ(complaint_about("$20\r\n-9223372036854775808\r\n"), "read -9223372036854775808");
}

TEST(ReadCounter, SaysWhatTheServerAnsweredWhenItIsNoNumber) {
  EXPECT_EQ(complaint_about("$3\r\nabc\r\n"), "GET k: expected a whole number, got $3\\r\\nabc\\r\\n");
  EXPECT_EQ(complaint_about("+OK\r\n"), "GET k: expected a whole number, got +OK\\r\\n");
  EXPECT_EQ(complaint_about("-WRONGTYPE no\r\n"),
            "GET k: the server answers -WRONGTYPE no. The key has a value of another type: choose another key.");
  EXPECT_EQ(complaint_about("-ERR no such thing\r\n"), "GET k: the server answers -ERR no such thing.");
  EXPECT_THAT(complaint_about("HTTP/1.1 400 Bad Request\r\n"), HasSubstr("expected a RESP reply"));
  EXPECT_THAT(complaint_about("$9999999\r\n" + std::string(1100000, 'x')), HasSubstr("more than 1 MiB"));
}

TEST(ReadCounter, SaysWhatFailedWhenTheServerCannotBeAsked) {
  const test::TinyServer closing("counter", [](std::string&) { return false; });
  EXPECT_THROW(ask(closing, "k"), std::runtime_error);
  const test::TinyServer silent("counter", [](std::string& replies) {
    replies.clear();
    return true;
  });
  try {
    ask(silent, "k", 0.02);
    ADD_FAILURE() << "a server that says nothing";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "GET k: no reply within the time limit");
  }
  journal::ClientReceipt receipt;
  std::uint16_t port = 0;
  { port = test::TinyServer("counter").port(); }
  EXPECT_THROW(read_counter(resolve("127.0.0.1", port), {}, "k", 1, kNoStop, receipt), std::runtime_error);
  const std::atomic<bool> stopped{true};
  EXPECT_THROW(read_counter(resolve("127.0.0.1", silent.port()), {}, "k", 5, stopped, receipt), std::runtime_error);
}

}  // namespace
}  // namespace bakeoff::load

#include "harness/load/redis_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "harness/load/counter_check.h"
#include "harness/measure/monotonic.h"
#include "tests/harness/fixtures/tiny_server.h"

namespace bakeoff::load {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::atomic<bool> kNoStop{false};

/// What log_in() says to a server that answers with these bytes; "" where it is let in.
std::string complaint_about(const std::string& reply, const workloads::Login& login) {
  const test::TinyServer server("counter", [&](std::string& replies) {
    replies = reply;
    return true;
  });
  const SocketAddress peer = resolve("127.0.0.1", server.port());
  BlockingConnection connection(peer, measure::now_ns() + 5'000'000'000, kNoStop);
  try {
    log_in(connection, login);
    return "";
  } catch (const ExchangeError& error) {
    return error.what();
  }
}

TEST(RedisLogin, SaysNothingWhereThereIsNothingToSay) {
  EXPECT_EQ(complaint_about("-ERR nobody asked\r\n", {}), "");
}

TEST(RedisLogin, IsInWhenEachCommandIsAnsweredOk) {
  EXPECT_EQ(complaint_about("+OK\r\n", {.password = "secret"}), "");
  EXPECT_EQ(complaint_about("+OK\r\n+OK\r\n", {.password = "secret", .database = 2}), "");
}

TEST(RedisLogin, SaysWhichCommandWasRefusedAndWhatToDo) {
  EXPECT_THAT(complaint_about("-WRONGPASS invalid username-password pair\r\n", {.user = "ann", .password = "secret"}),
              AllOf(StartsWith("AUTH: the server answers -WRONGPASS invalid username-password pair. "),
                    HasSubstr("The server refuses the password: check the URL"), Not(HasSubstr("secret"))));
  EXPECT_EQ(complaint_about("+OK\r\n-ERR DB index is out of range\r\n", {.password = "secret", .database = 99}),
            "SELECT 99: the server answers -ERR DB index is out of range.");
  EXPECT_THAT(complaint_about("-NOAUTH Authentication required.\r\n", {.database = 1}),
              AllOf(StartsWith("SELECT 1: "), HasSubstr("The server wants a password: redis://:PASSWORD@host")));
}

TEST(RedisLogin, AServerThatRepeatsThePasswordIsNotQuoted) {
  EXPECT_EQ(
      complaint_about("-ERR unknown command 'AUTH', with args beginning with: 'secret' \r\n", {.password = "secret"}),
      "AUTH: the server answers -ERR unknown command 'AUTH', with args beginning with: '***' .");
}

TEST(RedisLogin, AServerOfAnotherProtocolIsToldOf) {
  EXPECT_THAT(complaint_about("HTTP/1.1 400 Bad Request\r\n", {.password = "secret"}),
              HasSubstr("expected a RESP reply"));
}

TEST(RedisLogin, ReadingACounterBeginsWithIt) {
  const test::TinyServer server("counter", [](std::string& replies) {
    replies = replies.starts_with('-') ? "+OK\r\n" : "$2\r\n42\r\n";  // Our own server knows no AUTH.
    return true;
  });
  const SocketAddress peer = resolve("127.0.0.1", server.port());
  journal::ClientReceipt receipt;
  EXPECT_EQ(read_counter(peer, {.password = "secret"}, "k", 5, kNoStop, receipt), 42);
  EXPECT_EQ(receipt.requests, 1U);
  EXPECT_EQ(receipt.acknowledged, 1U);
}

}  // namespace
}  // namespace bakeoff::load

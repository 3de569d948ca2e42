// Calls of real servers: Redis and PostgreSQL answer what a back end has to answer, as models of every kind ask for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/connection.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/servers.h"
#include "tests/conformance/subject.h"
#include "workloads/back_end.h"

namespace bakeoff::conformance {
namespace {

constexpr std::size_t kCallers = 6;

std::vector<Pairing> callers_of_servers() {
  auto found = pairings("http");
  std::erase_if(found, [](const Pairing& pairing) {
    constexpr std::string_view kNames[] = {"fibers",     "threads",    "prefork",  "process-per-connection",
                                           "event-loop", "coroutines", "io-uring", "hybrid"};
    return std::ranges::find(kNames, pairing.model.name) == std::end(kNames);
  });
  return found;
}

/// Clients who ask for calls of every kind, all at once, and have to be answered right.
void ask_and_compare(const Pairing& pairing, const std::string& url) {
  ServeArguments serving = pairing.serving(kCallers);
  serving.more = {"--back-end", url, "--pool", "2", "--call-timeout-ms", "30000"};
  RunningSubject subject(serving);
  std::vector<CheckingClient> clients;
  for (std::size_t i = 0; i < kCallers; ++i) {
    clients.emplace_back(*pairing.workload, subject.port(), i, "/{mix: 2 call, 1 call 3, 1 call at-once:5}");
  }
  constexpr int kRounds = 20;
  std::uint64_t calls = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (CheckingClient& client : clients) client.ask();
    for (CheckingClient& client : clients) client.await();
  }
  for (const CheckingClient& client : clients) calls += client.calls();
  EXPECT_GT(calls, kRounds * kCallers);
  EXPECT_EQ(subject.stop().calls, calls);
}

class CallsOfRedis : public testing::TestWithParam<Pairing> {
 protected:
  static void SetUpTestSuite() {
    const std::string program = redis_program();
    if (program.empty()) return;
    redis_ = std::make_unique<Redis>(program);
    std::string fill;
    for (std::uint64_t item = 0; item < workloads::kBackEndItems; ++item) {
      fill += resp({"SET", "item:" + std::to_string(item), std::to_string(item)});
    }
    tell(fill, workloads::kBackEndItems);
  }
  static void TearDownTestSuite() { redis_.reset(); }
  void SetUp() override {
    if (!redis_) GTEST_SKIP() << "no redis-server on PATH (Debian: redis-server)";
  }
  /// Commands, each of which is answered with +OK.
  static void tell(const std::string& commands, std::size_t count) {
    Connection connection(redis_->port());
    ASSERT_TRUE(connection.send(commands));
    std::string expected;
    for (std::size_t i = 0; i < count; ++i) expected += "+OK\r\n";
    EXPECT_EQ(connection.receive(expected.size()), expected);
  }
  static std::string url() { return "redis://127.0.0.1:" + std::to_string(redis_->port()); }

  static inline std::unique_ptr<Redis> redis_;
};

TEST_P(CallsOfRedis, AreAnsweredRight) {
  ask_and_compare(GetParam(), url());
}

TEST_P(CallsOfRedis, ForAKeyThatIsNotThereHaveNoValueAndTheNextOnesAreRight) {
  ServeArguments serving = GetParam().serving(1);
  serving.more = {"--back-end", url(), "--pool", "1", "--call-timeout-ms", "30000"};
  RunningSubject subject(serving);
  Connection connection(subject.port());
  {
    Connection other(redis_->port());
    ASSERT_TRUE(other.send(resp({"DEL", "item:9999"})));
    EXPECT_EQ(other.receive(4), ":1\r\n");
  }
  ASSERT_TRUE(connection.send(get("/call/9999")));
  EXPECT_TRUE(connection.receive_some().starts_with("HTTP/1.1 502 "));
  tell(resp({"SET", "item:9999", "9999"}), 1);
  ASSERT_TRUE(connection.send(get("/call/9999")));
  EXPECT_TRUE(connection.receive_some().starts_with("HTTP/1.1 200 "));
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.calls_without_value, 1U);
  EXPECT_EQ(receipt.back_end_connections, 2U);
}

INSTANTIATE_TEST_SUITE_P(Some, CallsOfRedis, testing::ValuesIn(callers_of_servers()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

class CallsOfPostgres : public testing::TestWithParam<Pairing> {
 protected:
  static void SetUpTestSuite() {
    const std::filesystem::path programs = postgres_programs();
    if (programs.empty()) return;
    postgres_ = std::make_unique<Postgres>(programs,
                                           "CREATE TABLE items (id integer PRIMARY KEY, value text NOT NULL);\n\n"
                                           "INSERT INTO items SELECT k, k::text FROM generate_series(0, " +
                                               std::to_string(workloads::kBackEndItems - 1) + ") AS k;\n\n");
  }
  static void TearDownTestSuite() { postgres_.reset(); }
  void SetUp() override {
    if (!postgres_) GTEST_SKIP() << "no initdb below /usr/lib/postgresql (Debian: postgresql)";
  }

  static inline std::unique_ptr<Postgres> postgres_;
};

TEST_P(CallsOfPostgres, AreAnsweredRight) {
  ask_and_compare(GetParam(), "postgres://127.0.0.1:" + std::to_string(postgres_->port()));
}

INSTANTIATE_TEST_SUITE_P(Some, CallsOfPostgres, testing::ValuesIn(callers_of_servers()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

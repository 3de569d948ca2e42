// Calls of a back end: every model makes them, right and over a pool, and outlives a back end that is wrong, silent or
// not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/connection.h"
#include "tests/conformance/oracle.h"
#include "tests/conformance/scripted_back_end.h"
#include "tests/conformance/subject.h"
#include "tests/eventually.h"
#include "workloads/http_response.h"

namespace bakeoff::conformance {
namespace {

using Answer = ScriptedBackEnd::Answer;

constexpr std::size_t kPool = 2;
const std::string kAllKinds = "/{mix: 2 call, 1 call 3, 1 call at-once:5, 1 id}";

std::vector<Pairing> callers() {
  auto found = pairings_one_at_a_time();
  std::erase_if(found, [](const Pairing& pairing) { return pairing.workload->name != "http"; });
  return found;
}

/// "200 7"; "" when the connection has ended.
std::string reply_of(Connection& connection) {
  workloads::HttpResponseReader reader;
  for (std::string bytes;;) {
    const std::string more = connection.receive_some();
    if (more.empty()) return "";
    bytes += more;
    const auto read = reader.read(bytes, false);
    if (read == workloads::HttpResponseReader::ReadStatus::broken) return std::string(reader.refusal().expected);
    bytes.erase(0, reader.taken().bytes);
    if (read == workloads::HttpResponseReader::ReadStatus::reply) {
      return std::to_string(reader.status()) + " " + std::string(reader.body());
    }
  }
}

std::string reply_to(Connection& connection, const std::string& target) {
  return connection.send(get(target)) ? reply_of(connection) : "";
}

const std::string kBadGateway = "502 Bad Gateway", kGatewayTimeout = "504 Gateway Timeout";

class BackEndCalls : public testing::TestWithParam<Pairing> {
 protected:
  bool one_at_a_time() const { return GetParam().model.one_at_a_time(); }
  std::size_t several() const { return one_at_a_time() ? 1 : 6; }

  ServeArguments calling(const std::string& url, std::size_t connections, std::size_t pool,
                         std::uint64_t timeout_ms) const {
    ServeArguments serving = GetParam().serving(connections);
    if (GetParam().model.name == "event-loops") serving.units = kLoops;
    serving.more = {"--back-end", url, "--pool", std::to_string(pool), "--call-timeout-ms", std::to_string(timeout_ms)};
    return serving;
  }
  /// How many of its units have a pool of their own, when it is called so.
  std::size_t pools(const ServeArguments& serving, std::size_t connections) const {
    if (GetParam().model.name == "event-loops") return kLoops;
    if (GetParam().model.forks) return connections;
    const bool pinned = std::ranges::find(serving.settings, "pinned=yes") != serving.settings.end();
    return pinned ? serving.units.value_or(1) : 1;
  }
  /// Clients who ask for calls of every kind, all at once. How many calls stand behind what they got.
  std::uint64_t ask_all_kinds(const RunningSubject& subject, int rounds) const {
    std::vector<CheckingClient> clients;
    for (std::size_t i = 0; i < several(); ++i) {
      clients.emplace_back(*GetParam().workload, subject.port(), i, kAllKinds);
    }
    std::uint64_t calls = 0;
    for (int round = 0; round < rounds; ++round) {
      for (CheckingClient& client : clients) {
        client.ask();
        client.ask();  // Sent ahead of the first one's reply.
      }
      for (CheckingClient& client : clients) client.await();
    }
    for (const CheckingClient& client : clients) calls += client.calls();
    return calls;
  }

  static constexpr std::size_t kLoops = 2;
  /// Longer than anything takes that is answered.
  static constexpr std::uint64_t kPatientMs = 30'000;
};

TEST_P(BackEndCalls, AreAnsweredRightByAServerOfOursAndCountedOnBothSides) {
  RunningSubject back_end({.model = "event-loop", .workload = "http", .settings = {"reactor=epoll"}});
  const ServeArguments serving =
      calling("http://127.0.0.1:" + std::to_string(back_end.port()), several(), kPool, kPatientMs);
  RunningSubject subject(serving);
  const std::uint64_t calls = ask_all_kinds(subject, 10);
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.calls, calls);
  EXPECT_GE(receipt.back_end_connections, 1U);
  EXPECT_LE(receipt.back_end_connections, kPool * pools(serving, several()));
  const Receipt served = back_end.stop();
  EXPECT_EQ(served.requests, calls);
  EXPECT_EQ(served.connections, receipt.back_end_connections);
  for (const auto& failed :
       {receipt.calls_refused, receipt.calls_broken, receipt.calls_without_value, receipt.calls_late}) {
    EXPECT_EQ(failed, 0U);
  }
}

TEST_P(BackEndCalls, HaveNoMoreConnectionsThanTheirPool) {
  ScriptedBackEnd back_end;
  const ServeArguments serving = calling(back_end.url(), several(), kPool, kPatientMs);
  RunningSubject subject(serving);
  EXPECT_GT(ask_all_kinds(subject, 10), 0U);
  EXPECT_LE(back_end.most_connections(), kPool * pools(serving, several()));
  subject.stop();
}

TEST_P(BackEndCalls, ThatFailAreErrorsAndTheNextOnesAreRight) {
  ScriptedBackEnd back_end;
  RunningSubject subject(calling(back_end.url(), 1, kPool, kPatientMs));
  Connection connection(subject.port());
  for (const Answer wrong : {Answer::closing, Answer::nonsense, Answer::no_value}) {
    for (const char* target : {"/call/3", "/calls/2/3", "/calls-at-once/5/3"}) {
      back_end.set_answer(wrong);
      EXPECT_EQ(reply_to(connection, target), kBadGateway) << target;
      back_end.set_answer(Answer::right);
      EXPECT_EQ(reply_to(connection, "/call/5"), "200 5") << "after " << target;
      EXPECT_EQ(reply_to(connection, "/calls-at-once/3/9999"), "200 9999 0 1") << "after " << target;
    }
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.calls_broken, 6U);
  EXPECT_EQ(receipt.calls_without_value, 3U);
  EXPECT_EQ(receipt.calls_refused.value_or(1) + receipt.calls_late.value_or(1), 0U);
}

TEST_P(BackEndCalls, OfASilentBackEndEndInTimeAndLaterOnesAreRight) {
  ScriptedBackEnd back_end;
  back_end.set_answer(Answer::silent);
  RunningSubject subject(calling(back_end.url(), several(), kPool, 80));
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < several(); ++i) {
    connections.emplace_back(subject.port());
    ASSERT_TRUE(connections.back().send(get(i % 2 == 0 ? "/call/1" : "/calls-at-once/5/1")));
  }
  std::uint64_t late = 0;
  for (Connection& connection : connections) {
    EXPECT_EQ(reply_of(connection), kGatewayTimeout);
    ++late;
  }
  back_end.set_answer(Answer::right);
  // Here a right answer may be late too, on a machine that is busy.
  EXPECT_TRUE(test::eventually([&] {
    const std::string reply = reply_to(connections.front(), "/call/5");
    late += reply == kGatewayTimeout ? 1 : 0;
    return reply == "200 5";
  }));
  EXPECT_EQ(subject.stop().calls_late, late);
}

TEST_P(BackEndCalls, OfAPeerThatLeavesAreNotTakenForAnswersAndOthersGoOn) {
  ScriptedBackEnd back_end;
  back_end.set_answer(Answer::silent);
  RunningSubject subject(calling(back_end.url(), 2, 1, 300));
  {
    Connection leaving(subject.port());
    EXPECT_EQ(reply_to(leaving, "/wait/100"), "200 waited 100");  // From here on its leaving is watched for.
    ASSERT_TRUE(leaving.send(get("/call/1")));
    ASSERT_TRUE(back_end.await_questions(1));
  }
  Connection other(subject.port());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(reply_to(other, "/id/5"), "200 5");
  // Nobody has answered, so no call may count as answered.
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.calls, receipt.calls_late.value_or(0) + receipt.calls_broken.value_or(0));
}

TEST_P(BackEndCalls, AreRefusedWhileNobodyListensAndRightWhenTheBackEndIsBack) {
  ScriptedBackEnd back_end;
  RunningSubject subject(calling(back_end.url(), 1, kPool, kPatientMs));
  Connection connection(subject.port());
  EXPECT_EQ(reply_to(connection, "/calls-at-once/2/5"), "200 5 6");
  back_end.go_away();
  // The end of an idle connection may be seen only when it is used.
  for (std::size_t i = 0; i <= kPool; ++i) EXPECT_EQ(reply_to(connection, "/call/1"), kBadGateway);
  EXPECT_EQ(reply_to(connection, "/calls-at-once/5/1"), kBadGateway);
  back_end.come_back();
  EXPECT_EQ(reply_to(connection, "/calls-at-once/4/9"), "200 9 10 11 12");
  const Receipt receipt = subject.stop();
  EXPECT_GE(receipt.calls_refused, 2U);
  EXPECT_EQ(receipt.calls_refused.value_or(0) + receipt.calls_broken.value_or(0), kPool + 2);
}

TEST_P(BackEndCalls, UnderWayAreEndedByAStop) {
  ScriptedBackEnd back_end;
  back_end.set_answer(Answer::silent);
  RunningSubject subject(calling(back_end.url(), several(), 1, 60'000));
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < several(); ++i) {
    connections.emplace_back(subject.port());
    ASSERT_TRUE(connections.back().send(get(i % 2 == 0 ? "/calls/16/1" : "/calls-at-once/3/1")));
    ASSERT_TRUE(back_end.await_questions(1));  // The others wait for the connection, where they share the pool.
  }
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, BackEndCalls, testing::ValuesIn(callers()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

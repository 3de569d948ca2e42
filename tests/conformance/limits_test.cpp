// At the limits: too few descriptors, a port in use, a worker that is killed, invalid arguments.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class Limits : public testing::TestWithParam<Pairing> {};

TEST_P(Limits, OnDescriptorsLetNewConnectionsWaitUntilOldOnesEnd) {
  const auto& workload = *GetParam().workload;
  constexpr std::size_t kDescriptors = 64;
  constexpr std::size_t kServedFirst = 20;
  constexpr std::size_t kWaiting = 80;
  ServeArguments serving = GetParam().serving(kServedFirst + kWaiting);
  serving.prefix = {"prlimit", "--nofile=" + std::to_string(kDescriptors) + ":" + std::to_string(kDescriptors)};
  RunningSubject subject(serving);
  std::vector<CheckingClient> first;
  for (std::size_t i = 0; i < kServedFirst; ++i) {
    first.emplace_back(workload, subject.port(), i);
    first.back().rounds(1);
  }
  std::vector<CheckingClient> later;
  for (std::size_t i = 0; i < kWaiting; ++i) {
    later.emplace_back(workload, subject.port(), kServedFirst + i);
    later.back().ask();
  }
  // More are asking than there are descriptors; those who are connected go on as before.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const bool one_process = !GetParam().model.forks;
  while (one_process && open_descriptors(subject.pid()) < kDescriptors) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the limit was never reached";
    for (auto& peer : first) peer.rounds(1);
  }
  for (int round = 0; round < 20; ++round) {
    for (auto& peer : first) peer.rounds(1);
  }
  // Clients that were served leave and make room, so that all are served in the end.
  first.clear();
  while (!later.empty()) {
    later.front().await();
    later.erase(later.begin());
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.connections, kServedFirst + kWaiting);
  // A model whose units are processes has its limit in each of them and never reaches it.
  if (one_process) {
    EXPECT_GT(receipt.accept_pauses.value_or(0), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Limits, testing::ValuesIn(pairings()), pairing_name<testing::TestParamInfo<Pairing>>);

/// The pairings whose model is so.
std::vector<Pairing> pairings_of(bool ModelFacts::*fact, std::vector<Pairing> among) {
  std::erase_if(among, [fact](const Pairing& pairing) { return !(pairing.model.*fact); });
  return among;
}

class UnitLimits : public testing::TestWithParam<Pairing> {};

TEST_P(UnitLimits, LetNewConnectionsWaitUntilAUnitIsFree) {
  const auto& workload = *GetParam().workload;
  RunningSubject subject(GetParam().serving(2));
  std::vector<CheckingClient> served;
  for (std::uint64_t i = 0; i < 2; ++i) {
    served.emplace_back(workload, subject.port(), i);
    served.back().rounds(1);
  }
  CheckingClient waiting(workload, subject.port(), 3);
  waiting.ask();
  for (auto& peer : served) peer.rounds(5);
  EXPECT_FALSE(waiting.connection().readable()) << "two units serve three connections";
  served.erase(served.begin());
  waiting.await();
  served.front().rounds(1);
  const Receipt receipt = subject.stop();
  // Where a thread of its own accepts, that may not have seen it come before there was room.
  if (GetParam().model.forks) {
    EXPECT_EQ(receipt.kept_waiting, 1U);
  }
}

TEST_P(UnitLimits, CountTheConnectionsThatStillWaitAtTheEnd) {
  RunningSubject subject(GetParam().serving(2));
  std::vector<CheckingClient> served;
  for (std::uint64_t i = 0; i < 2; ++i) {
    served.emplace_back(*GetParam().workload, subject.port(), i);
    served.back().rounds(1);
  }
  std::vector<Connection> waiting;
  for (int i = 0; i < 5; ++i) waiting.emplace_back(subject.port());
  for (auto& peer : served) peer.rounds(5);
  EXPECT_EQ(subject.stop().kept_waiting, 5U);
}

INSTANTIATE_TEST_SUITE_P(Every, UnitLimits, testing::ValuesIn(pairings_of(&ModelFacts::holds_connection, pairings())),
                         pairing_name<testing::TestParamInfo<Pairing>>);

class Workers : public testing::TestWithParam<Pairing> {};

std::int64_t integer_reply(const std::string& line) {
  std::int64_t value = -1;
  if (!line.empty()) std::from_chars(line.data() + 1, line.data() + line.size(), value);
  return value;
}

/// Increments and says how many were acknowledged; the connection may die meanwhile.
std::int64_t acknowledged(Connection& connection, std::string& partial) {
  partial += connection.receive_until_end();
  return std::count(partial.begin(), partial.end(), '\n');
}

TEST_P(Workers, OnesKilledInMidLoadTakeOnlyTheirOwnConnectionsAlongAndAreReplaced) {
  constexpr std::size_t kUnits = 4;
  ServeArguments serving = GetParam().serving(kUnits);
  serving.units = kUnits;
  RunningSubject subject(serving);
  // Made beforehand, or on demand with the connections.
  const std::size_t standing = subject.workers().size();
  ASSERT_TRUE(standing == kUnits || standing == 0) << standing;
  const std::size_t listening = open_sockets(subject.pid());

  constexpr std::int64_t kIncrements = 20'000;
  std::string increments;
  for (std::int64_t i = 0; i < kIncrements; ++i) increments += "INCR counter\r\n";
  std::int64_t most = 0, least = 0;
  for (std::size_t round = 0; round < kUnits; ++round) {
    std::vector<Connection> connections;
    for (std::size_t i = 0; i < kUnits; ++i) {
      connections.emplace_back(subject.port());
      ASSERT_TRUE(connections.back().send("PING\r\n"));
      ASSERT_EQ(connections.back().receive(7), "+PONG\r\n");  // each has a worker now
    }
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    auto workers = subject.workers();
    for (; workers.size() < kUnits; workers = subject.workers()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "a killed worker was not replaced";
    }
    const pid_t victim = workers[round];
    for (auto& connection : connections) connection.send_blindly(increments, std::chrono::milliseconds{0});
    const std::size_t its_own = GetParam().model.holds_connection ? 1 : open_sockets(victim) - listening;
    ::kill(victim, SIGKILL);
    std::size_t died = 0;
    for (auto& connection : connections) {
      connection.shutdown_write();
      std::string replies;
      least += acknowledged(connection, replies);
      most += kIncrements;
      if (connection.was_reset()) ++died;
    }
    EXPECT_LE(died, its_own) << "one worker was killed";
    EXPECT_TRUE(ends_soon(victim));
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (subject.workers().size() < standing) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "a killed worker was not replaced";
  }
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < kUnits; ++i) {
    connections.emplace_back(subject.port());
    ASSERT_TRUE(connections.back().send("PING\r\n"));
    ASSERT_EQ(connections.back().receive(7), "+PONG\r\n");
  }
  ASSERT_TRUE(connections.front().send("INCR counter\r\nPING\r\n"));
  std::string reply = connections.front().receive(1);
  while (reply.find("+PONG\r\n") == reply.npos) reply += connections.front().receive(1);
  const std::int64_t value = integer_reply(reply) - 1;
  EXPECT_GE(value, least) << "an acknowledged increment was lost";
  EXPECT_LE(value, most);
  connections.clear();
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.final_counter, value + 1);
  EXPECT_GE(receipt.units_created.value_or(0), 2 * kUnits);
}

INSTANTIATE_TEST_SUITE_P(Every, Workers, testing::ValuesIn(pairings_of(&ModelFacts::forks, pairings("counter"))),
                         pairing_name<testing::TestParamInfo<Pairing>>);

/// Ended with `status`, nothing on stdout, one line on stderr that names `culprit`.
void expect_refusal(const Finished& finished, int status, const std::string& culprit) {
  EXPECT_TRUE(finished.ended.exited && finished.ended.status == status) << finished.ended.describe();
  EXPECT_TRUE(finished.output.empty()) << finished.output.front();
  ASSERT_EQ(finished.errors.size(), 1U) << testing::PrintToString(finished.errors);
  EXPECT_NE(finished.errors.front().find(culprit), std::string::npos) << finished.errors.front();
}

TEST(Usage, APortInUseIsOneLineAndExitOne) {
  const std::string model = described_models().front().name;
  RunningSubject subject(ServeArguments{.model = model, .workload = "echo"});
  const std::string port = std::to_string(subject.port());
  for (const auto& other : described_models()) {
    expect_refusal(run_subject({"serve", other.name, "echo", "--port", port}), 1, port);
  }
  subject.stop();
}

TEST(Usage, OfAnythingUnknownOrOutOfRangeIsOneLineThatNamesItAndExitTwo) {
  const std::string model = described_models().front().name;
  const std::string executor = described_executors().front();
  struct Wrong {
    std::vector<std::string> arguments;
    std::string culprit;
  };
  const std::vector<Wrong> table = {
      {{"frobnicate"}, "frobnicate"},
      {{"serve", "nosuchmodel", "echo"}, "nosuchmodel"},
      {{"serve", model, "nosuchwork"}, "nosuchwork"},
      {{"serve", "", "echo"}, ""},
      {{"serve", model}, ""},
      {{"serve"}, ""},
      {{"serve", model, "echo", "surplus"}, "surplus"},
      {{"serve", model, "echo", "--frobnicate"}, "--frobnicate"},
      {{"serve", model, "echo", "--units"}, "--units"},
      {{"serve", model, "echo", "--units", "0"}, "--units"},
      {{"serve", model, "echo", "--units", "-1"}, "--units"},
      {{"serve", model, "echo", "--units", "many"}, "many"},
      {{"serve", model, "echo", "--units", "4x"}, "4x"},
      {{"serve", model, "echo", "--units", ""}, "--units"},
      {{"serve", model, "echo", "--units", "99999999999999999999999"}, "99999999999999999999999"},
      {{"serve", model, "echo", "--units", "9999999999"}, "9999999999"},
      {{"serve", model, "echo", "--port", "65536"}, "65536"},
      {{"serve", model, "echo", "--port", "-1"}, "-1"},
      {{"serve", model, "echo", "--port", "http"}, "http"},
      {{"serve", model, "echo", "--address", "nowhere"}, "nowhere"},
      {{"serve", model, "echo", "--address", "127.0.0.256"}, "127.0.0.256"},
      {{"serve", model, "echo", "--message-bytes", "0"}, "--message-bytes"},
      {{"serve", model, "echo", "--message-bytes", "1048577"}, "1048577"},
      {{"job", "nosuchmodel", "count"}, "nosuchmodel"},
      {{"job", executor, "nosuchjob"}, "nosuchjob"},
      {{"job", executor}, ""},
      {{"job", executor, "count", "--units", "0"}, "--units"},
      {{"job", executor, "count", "--size", "-5"}, "-5"},
      {{"job", executor, "count", "--size", "big"}, "big"},
      {{"job", executor, "count", "--port", "1"}, "--port"},
  };
  for (const auto& wrong : table) {
    SCOPED_TRACE(testing::PrintToString(wrong.arguments));
    expect_refusal(run_subject(wrong.arguments), 2, wrong.culprit);
  }
}

}  // namespace
}  // namespace bakeoff::conformance

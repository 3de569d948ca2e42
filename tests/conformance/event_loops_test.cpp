// event-loops in every arrangement of its settings: by processes and by threads, with every way to listen.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

struct Arrangement {
  std::string by;
  std::string listen;
  std::string reactor;
};
std::ostream& operator<<(std::ostream& out, const Arrangement& arrangement) {
  return out << arrangement.by << ", " << arrangement.listen << ", " << arrangement.reactor;
}

const std::vector<Arrangement> kArrangements = {{"processes", "shared", "asio"},   {"processes", "reuseport", "asio"},
                                                {"threads", "shared", "asio"},     {"threads", "reuseport", "asio"},
                                                {"threads", "dealt", "asio"},      {"processes", "shared", "epoll"},
                                                {"threads", "shared", "epoll"},    {"processes", "reuseport", "epoll"},
                                                {"threads", "reuseport", "epoll"}, {"threads", "dealt", "epoll"}};

class EventLoops : public testing::TestWithParam<Arrangement> {
 protected:
  ServeArguments serving(std::size_t units) const {
    return {.model = "event-loops",
            .workload = "counter",
            .units = units,
            .more = {"--set", "by=" + GetParam().by, "--set", "listen=" + GetParam().listen, "--set",
                     "reactor=" + GetParam().reactor}};
  }
  const workloads::WorkloadEntry& workload() const { return *workloads::find_workload("counter"); }

  std::vector<CheckingClient> crowd(const RunningSubject& subject, std::size_t connections) const {
    std::vector<CheckingClient> peers;
    for (std::size_t i = 0; i < connections; ++i) peers.emplace_back(workload(), subject.port(), i);
    return peers;
  }
  static void rounds(std::vector<CheckingClient>& peers, int times) {
    for (int i = 0; i < times; ++i) {
      for (auto& peer : peers) peer.ask();
      for (auto& peer : peers) peer.await();
    }
  }
};

TEST_P(EventLoops, ServeManyConnectionsAndStopWhileTheyAsk) {
  for (const std::size_t units : {1, 2, 5}) {
    SCOPED_TRACE(std::to_string(units) + " units");
    RunningSubject subject(serving(units));
    auto peers = crowd(subject, 100);
    rounds(peers, 5);
    const Receipt receipt = subject.stop();
    EXPECT_EQ(receipt.connections, 100U);
    EXPECT_EQ(receipt.requests, 500U);
    EXPECT_EQ(receipt.peak_live_units, units);
  }
}

TEST_P(EventLoops, StopByASignalToTheWholeGroup) {
  RunningSubject subject(serving(3));
  auto peers = crowd(subject, 10);
  rounds(peers, 2);
  EXPECT_EQ(subject.stop(SIGINT, true).requests, 20U);
}

TEST_P(EventLoops, LetNewConnectionsWaitWhenDescriptorsRunOut) {
  constexpr std::size_t kConnections = 160, kDescriptors = 64;
  ServeArguments few = serving(2);
  few.prefix = {"prlimit", "--nofile=64:64"};
  RunningSubject subject(few);
  auto peers = crowd(subject, kConnections);
  for (auto& peer : peers) peer.ask();
  auto serving_processes = subject.workers();
  if (serving_processes.empty()) serving_processes = {subject.pid()};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (const pid_t each : serving_processes) {
    while (open_descriptors(each) < kDescriptors) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "the limit was never reached";
    }
  }
  // A client that was served leaves and makes room, so that all are served in the end. Not in the order in which they
  // came: each listener has a queue of its own.
  while (!peers.empty()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << peers.size() << " were never served";
    std::erase_if(peers, [](CheckingClient& peer) {
      if (!peer.connection().readable()) return false;
      peer.await();
      return true;
    });
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.connections, kConnections);
  EXPECT_GT(receipt.accept_pauses.value_or(0), 0U);
}

INSTANTIATE_TEST_SUITE_P(Every, EventLoops, testing::ValuesIn(kArrangements), [](const auto& each) {
  return each.param.by + "_" + each.param.listen + "_" + each.param.reactor;
});

/// How many sockets each worker has open.
std::vector<std::size_t> sockets_of_workers(const RunningSubject& subject) {
  std::vector<std::size_t> all;
  for (const pid_t worker : subject.workers()) all.push_back(open_sockets(worker));
  return all;
}

class EventLoopsShared : public testing::TestWithParam<std::string> {
 protected:
  static ServeArguments serving(std::size_t units) {
    return {.model = "event-loops",
            .workload = "counter",
            .units = units,
            .more = {"--set", "reactor=" + GetParam(), "--set", "listen=shared"}};
  }
};

TEST_P(EventLoopsShared, DivideTheConnectionsAmongTheProcessesHoweverTheyCome) {
  constexpr std::size_t kUnits = 4, kConnections = 200;
  for (const bool one_by_one : {true, false}) {
    SCOPED_TRACE(one_by_one ? "one by one" : "at once");
    RunningSubject subject(serving(kUnits));
    const std::size_t listening = open_sockets(subject.pid());
    std::vector<Connection> connections;
    for (std::size_t i = 0; i < kConnections; ++i) {
      connections.emplace_back(subject.port());
      ASSERT_TRUE(connections.back().send("PING\r\n"));
      if (one_by_one) connections.back().receive(7);
    }
    if (!one_by_one) {
      for (auto& connection : connections) connection.receive(7);
    }
    // A loop with more than the mean does not accept for a moment, which leaves half the mean to every other.
    for (const std::size_t sockets : sockets_of_workers(subject)) {
      EXPECT_GE(sockets - listening, kConnections / kUnits / 4) << "one of the loops was left out";
    }
    subject.stop();
  }
}

TEST_P(EventLoopsShared, OneWithoutDescriptorsLeavesTheListenerToTheOthers) {
  constexpr std::size_t kUnits = 4, kDescriptors = 64, kConnections = kUnits * (kDescriptors - 16);
  ServeArguments few = serving(kUnits);
  few.prefix = {"prlimit", "--nofile=" + std::to_string(kDescriptors) + ":" + std::to_string(kDescriptors)};
  RunningSubject subject(few);
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.emplace_back(subject.port());
    ASSERT_TRUE(connections.back().send("PING\r\n"));
    ASSERT_EQ(connections.back().receive(7), "+PONG\r\n");
  }
  EXPECT_EQ(subject.stop().connections, kConnections);
}

INSTANTIATE_TEST_SUITE_P(Reactor, EventLoopsShared, testing::Values("asio", "epoll"),
                         [](const auto& each) { return each.param; });

TEST(EventLoopsReuseport, AProcessThatReplacesADeadOneTakesOverItsListener) {
  constexpr std::size_t kUnits = 3;
  RunningSubject subject(
      {.model = "event-loops", .workload = "counter", .units = kUnits, .more = {"--set", "listen=reuseport"}});
  for (const pid_t victim : subject.workers()) {
    ::kill(victim, SIGKILL);
    EXPECT_TRUE(ends_soon(victim));
  }
  // Enough for every listener to get some; they wait in the queues until the replacements are there.
  for (int i = 0; i < 60; ++i) {
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send("PING\r\n"));
    ASSERT_EQ(connection.receive(7), "+PONG\r\n");
  }
  EXPECT_GE(subject.stop().units_created.value_or(0), 2 * kUnits);
}

TEST(EventLoopsDealt, TakeThreadsAndSayOtherwiseInOneLine) {
  const Finished finished = run_subject({"serve", "event-loops", "echo", "--set", "listen=dealt"});
  EXPECT_TRUE(finished.ended.exited && finished.ended.status == 2) << finished.ended.describe();
  ASSERT_EQ(finished.errors.size(), 1U);
  EXPECT_NE(finished.errors.front().find("listen=dealt"), std::string::npos) << finished.errors.front();
}

}  // namespace
}  // namespace bakeoff::conformance

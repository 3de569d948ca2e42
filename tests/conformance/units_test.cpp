// How many processes there are: prefork's spares and recycling, and a process for each connection. What is waited for
// is an event, with a deadline far off.
#include <gtest/gtest.h>

#include <functional>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

const workloads::WorkloadEntry& counter() {
  return *workloads::find_workload("counter");
}

ServeArguments serving(const std::string& model, std::size_t units, const std::vector<std::string>& settings) {
  ServeArguments serving{.model = model, .workload = "counter", .units = units};
  for (const auto& setting : settings) serving.more.insert(serving.more.end(), {"--set", setting});
  return serving;
}

/// Whether it becomes true before kPatience is over.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

bool has_workers(const RunningSubject& subject, std::size_t count) {
  return comes_true([&] { return subject.workers().size() == count; });
}

TEST(Prefork, KeepsSparesReadyUpToItsUnits) {
  RunningSubject subject(serving("prefork", 4, {"spare-min=2"}));
  EXPECT_EQ(subject.workers().size(), 2U);
  std::vector<CheckingClient> peers;
  for (const std::size_t workers : {3, 4, 4, 4}) {
    peers.emplace_back(counter(), subject.port(), peers.size());
    peers.back().rounds(1);
    EXPECT_TRUE(has_workers(subject, workers)) << subject.workers().size() << " with " << peers.size() << " busy";
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.units_created, 4U);
  EXPECT_EQ(receipt.peak_live_units, 4U);
  EXPECT_EQ(receipt.kept_waiting, 0U);
}

TEST(Prefork, SendsIdleWorkersAwayWhenTheyAreTooManyAndNoConnectionWithThem) {
  RunningSubject subject(serving("prefork", 8, {"spare-min=1", "spare-max=2"}));
  std::vector<CheckingClient> peers;
  for (std::uint64_t i = 0; i < 8; ++i) {
    peers.emplace_back(counter(), subject.port(), i);
    peers.back().rounds(1);
  }
  EXPECT_TRUE(has_workers(subject, 8));
  peers.erase(peers.begin() + 3, peers.end());
  EXPECT_TRUE(has_workers(subject, 5)) << "three busy and two idle, found " << subject.workers().size();
  for (auto& peer : peers) peer.rounds(3);
  peers.clear();
  EXPECT_TRUE(has_workers(subject, 2));
  CheckingClient(counter(), subject.port(), 10).rounds(1);
  subject.stop();
}

TEST(Prefork, ReplacesASpareThatIsKilledWhileItIsIdle) {
  RunningSubject subject(serving("prefork", 4, {"spare-min=1"}));
  const auto before = subject.workers();
  ASSERT_EQ(before.size(), 1U);
  ::kill(before.front(), SIGKILL);
  EXPECT_TRUE(comes_true([&] {
    const auto now = subject.workers();
    return now.size() == 1 && now.front() != before.front();
  }));
  CheckingClient(counter(), subject.port(), 1).rounds(1);
  subject.stop();
}

TEST(Prefork, RecyclesAWorkerAfterItsConnectionsAndLosesNone) {
  RunningSubject subject(serving("prefork", 2, {"recycle=3"}));
  for (std::uint64_t i = 0; i < 60; ++i) CheckingClient(counter(), subject.port(), i).rounds(2);
  EXPECT_TRUE(has_workers(subject, 2));
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.connections, 60U);
  // Each that ended had served three; two are left, who may have served fewer.
  EXPECT_GE(receipt.units_created.value_or(0), 20U);
  EXPECT_LE(receipt.units_created.value_or(0), 22U);
}

TEST(Prefork, RefusesSparesThatDoNotGoTogetherInOneLine) {
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"spare-max=3"}, {"spare-max=3", "spare-min=4"}}) {
    std::vector<std::string> arguments{"serve", "prefork", "counter"};
    for (const auto& setting : wrong) arguments.insert(arguments.end(), {"--set", setting});
    const Finished finished = run_subject(arguments);
    EXPECT_TRUE(finished.ended.exited && finished.ended.status == 2) << finished.ended.describe();
    ASSERT_EQ(finished.errors.size(), 1U) << testing::PrintToString(finished.errors);
    EXPECT_NE(finished.errors.front().find("spare-max"), std::string::npos) << finished.errors.front();
  }
}

TEST(ProcessPerConnection, HasOneForEachAndReapsItWhenTheConnectionEnds) {
  RunningSubject subject(serving("process-per-connection", 8, {}));
  EXPECT_TRUE(subject.workers().empty());
  std::vector<CheckingClient> peers;
  for (std::uint64_t i = 0; i < 5; ++i) {
    peers.emplace_back(counter(), subject.port(), i);
    peers.back().rounds(1);
    EXPECT_EQ(subject.workers().size(), i + 1);
  }
  peers.pop_back();
  peers.pop_back();
  // Zombies are members of the group too.
  EXPECT_TRUE(comes_true([&] { return subjects::processes_of_group(subject.pid()).size() == 1 + peers.size(); }));
  for (auto& peer : peers) peer.rounds(1);
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.units_created, 5U);
  EXPECT_EQ(receipt.peak_live_units, 5U);
}

TEST(ThreadPool, AcceptsAsManyAsItsQueueHoldsAndLeavesTheRestToTheKernel) {
  for (const std::size_t length : {0, 1, 3}) {
    SCOPED_TRACE("queue of " + std::to_string(length));
    RunningSubject subject(serving("thread-pool", 2, {"queue=" + std::to_string(length)}));
    std::vector<CheckingClient> peers;
    for (std::uint64_t i = 0; i < 8; ++i) {
      peers.emplace_back(counter(), subject.port(), i);
      if (i < 2) peers.back().rounds(1);
    }
    for (auto& peer : peers) peer.ask();
    peers[0].await();
    peers[1].await();
    const std::size_t listening = 1;
    EXPECT_TRUE(comes_true([&] { return open_sockets(subject.pid()) == listening + 2 + length; }))
        << open_sockets(subject.pid());
    EXPECT_FALSE(peers[2].connection().readable());
    while (!peers.empty()) {
      peers.erase(peers.begin());
      if (!peers.empty()) peers.front().await();
    }
    const Receipt receipt = subject.stop();
    EXPECT_EQ(receipt.connections, 8U);
    EXPECT_EQ(receipt.kept_waiting, 6U);
    EXPECT_EQ(receipt.units_created, 2U);
  }
}

}  // namespace
}  // namespace bakeoff::conformance

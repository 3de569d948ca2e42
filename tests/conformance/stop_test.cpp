// Stopping: under load and idle, by a signal to the leader or to the whole group, asked or killed. Nothing stays
// behind.
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

class Stop : public testing::TestWithParam<Pairing> {
 protected:
  static constexpr std::size_t kConnections = 64;

  /// Stops the subject while many clients ask as fast as they can, and compares what both sides say.
  void stop_in_full_swing(int signal, bool whole_group) {
    const auto& workload = *GetParam().workload;
    RunningSubject subject(GetParam().serving(kConnections));
    std::vector<CheckingClient> peers;
    for (std::size_t i = 0; i < kConnections; ++i) peers.emplace_back(workload, subject.port(), i);
    std::promise<void> swinging;
    std::thread crowd([&] {
      try {
        for (int round = 0;; ++round) {
          if (round == 3) swinging.set_value();
          for (auto& peer : peers) peer.ask();
          for (auto& peer : peers) peer.await();
        }
      } catch (const std::exception& ended) {
        const std::string what = ended.what();
        EXPECT_TRUE(what.find("ended") != what.npos || what.find("closed") != what.npos ||
                    what.find("reset") != what.npos)
            << what;
      }
    });
    const bool in_swing = swinging.get_future().wait_for(kPatience) == std::future_status::ready;
    EXPECT_TRUE(in_swing);
    const Receipt receipt = subject.stop(signal, whole_group);
    crowd.join();
    std::uint64_t asked = 0, answered = 0;
    for (const auto& peer : peers) {
      asked += peer.asked();
      answered += peer.answered();
    }
    EXPECT_GE(receipt.requests.value_or(0), answered) << "acknowledged requests are missing from the receipt";
    EXPECT_LE(receipt.requests.value_or(0), asked);
    EXPECT_EQ(receipt.connections, kConnections);
  }
};

TEST_P(Stop, BySigtermInFullSwingLeavesNothingBehind) {
  stop_in_full_swing(SIGTERM, false);
}

TEST_P(Stop, BySigintToTheWholeGroupLeavesNothingBehind) {
  stop_in_full_swing(SIGINT, true);
}

TEST_P(Stop, WithIdleAndUnreadConnectionsLeavesNothingBehind) {
  const auto& workload = *GetParam().workload;
  RunningSubject subject(GetParam().serving(12));
  std::vector<Connection> idle;
  for (int i = 0; i < 8; ++i) idle.emplace_back(subject.port());
  std::string requests;
  for (std::uint64_t i = 0; i < 20'000; ++i) requests += plain_request(workload, i);
  std::vector<Connection> non_readers;
  for (int i = 0; i < 3; ++i) {
    non_readers.emplace_back(subject.port(), 4096);
    non_readers.back().send_blindly(requests, std::chrono::milliseconds{20});
  }
  CheckingClient served(workload, subject.port(), 1);
  served.rounds(1);
  subject.stop();
}

TEST_P(Stop, RightAfterReadyLeavesNothingBehind) {
  for (int i = 0; i < 5; ++i) RunningSubject(GetParam().serving(16)).stop();
}

TEST_P(Stop, FreesThePortAtOnce) {
  RunningSubject first(GetParam().serving(2));
  CheckingClient(*GetParam().workload, first.port(), 1).rounds(1);
  const std::string port = std::to_string(first.port());
  first.stop();
  EXPECT_THROW(Connection(static_cast<std::uint16_t>(std::stoi(port))), std::system_error) << "somebody still listens";
}

TEST_P(Stop, ByKillingTheLeaderLeavesNoChildAlive) {
  RunningSubject subject(GetParam().serving(8));
  CheckingClient served(*GetParam().workload, subject.port(), 1);
  served.rounds(1);
  const auto workers = subject.workers();
  ::kill(subject.pid(), SIGKILL);
  EXPECT_TRUE(ends_soon(subject.pid()));
  for (const pid_t worker : workers) EXPECT_TRUE(ends_soon(worker)) << "the child " << worker << " outlived its leader";
}

INSTANTIATE_TEST_SUITE_P(Every, Stop, testing::ValuesIn(pairings()), pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

// The model that serves one connection after another: what its peers see of each other.
#include <gtest/gtest.h>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

std::vector<Pairing> sequential() {
  auto found = pairings_one_at_a_time();
  std::erase_if(found, [](const Pairing& pairing) { return !pairing.model.one_at_a_time(); });
  return found;
}

std::vector<Pairing> sequential(std::string_view workload) {
  auto found = sequential();
  std::erase_if(found, [&](const Pairing& pairing) { return pairing.workload->name != workload; });
  return found;
}

class OneAtATime : public testing::TestWithParam<Pairing> {};

TEST_P(OneAtATime, TheSecondIsServedWhenTheFirstHasGone) {
  RunningSubject subject(GetParam().serving(1));
  std::vector<CheckingClient> peers;
  for (std::uint64_t i = 0; i < 3; ++i) peers.emplace_back(*GetParam().workload, subject.port(), i);
  peers[0].rounds(3);
  peers[1].ask();
  peers[2].ask();
  peers[0].rounds(3);
  EXPECT_FALSE(peers[1].connection().readable());
  while (!peers.empty()) {
    peers.erase(peers.begin());
    if (!peers.empty()) peers.front().await();
  }
  const Receipt receipt = subject.stop();
  EXPECT_EQ(receipt.connections, 3U);
  EXPECT_EQ(receipt.kept_waiting, 2U);
}

TEST_P(OneAtATime, AStopEndsAReaderWhoDoesNotRead) {
  RunningSubject subject(GetParam().serving(1));
  std::string requests;
  for (std::uint64_t i = 0; i < 20'000; ++i) requests += plain_request(*GetParam().workload, i);
  Connection non_reader(subject.port(), 4096);
  non_reader.send_blindly(requests, std::chrono::milliseconds{20});
  subject.stop();
}

TEST_P(OneAtATime, AResetInMidRequestMakesRoomForTheNext) {
  RunningSubject subject(GetParam().serving(1));
  for (std::uint64_t i = 0; i < 5; ++i) {
    Connection rude(subject.port());
    ASSERT_TRUE(rude.send("GET"));
    rude.reset();
    CheckingClient(*GetParam().workload, subject.port(), i).rounds(2);
  }
  subject.stop();
}

TEST_P(OneAtATime, AStopEndsTheOneThatIsBeingServedAndTheOnesThatWait) {
  for (const bool whole_group : {false, true}) {
    RunningSubject subject(GetParam().serving(1));
    std::vector<CheckingClient> peers;
    for (std::uint64_t i = 0; i < 3; ++i) peers.emplace_back(*GetParam().workload, subject.port(), i);
    peers[0].rounds(3);
    peers[1].ask();
    subject.stop(whole_group ? SIGINT : SIGTERM, whole_group);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, OneAtATime, testing::ValuesIn(sequential()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

class OneAtATimeWaiting : public testing::TestWithParam<Pairing> {};

TEST_P(OneAtATimeWaiting, IsCutShortByAStopAndSoIsWork) {
  for (const std::string request : {"/wait/10000000", "/work/1000000000"}) {
    SCOPED_TRACE(request);
    RunningSubject subject(GetParam().serving(1));
    Connection connection(subject.port());
    ASSERT_TRUE(connection.send(get("/id/1") + get(request)));
    connection.receive(1);  // What was answered before is sent before.
    subject.stop();
  }
}

INSTANTIATE_TEST_SUITE_P(Every, OneAtATimeWaiting, testing::ValuesIn(sequential("http")),
                         pairing_name<testing::TestParamInfo<Pairing>>);

#ifdef __SANITIZE_THREAD__  // pairings_one_at_a_time() says why there is none.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OneAtATime);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OneAtATimeWaiting);
#endif

}  // namespace
}  // namespace bakeoff::conformance

// Waiting and computing over http: a wait holds up no other connection, what was answered before it is sent before it,
// and work gives the answer that run() gives. Proved by the order in which replies come, not by a clock.
#include <gtest/gtest.h>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

/// The longest that there is, a minute. The test does not wait for its end: a stop cuts it short.
const std::string kLong = "/wait/60000000";

class Waiting : public testing::TestWithParam<Pairing> {
 protected:
  const workloads::WorkloadEntry& workload() const { return *GetParam().workload; }
  std::string answer(const std::string& requests) const { return expected_answer(workload(), requests).replies; }
};

TEST_P(Waiting, OnOneConnectionDoesNotHoldUpAnother) {
  RunningSubject subject(GetParam().serving(3));
  Connection slow(subject.port());
  ASSERT_TRUE(slow.send(get(kLong)));
  for (std::uint64_t i = 0; i < 3; ++i) {
    CheckingClient quick(workload(), subject.port(), i);
    quick.rounds(3);
  }
  EXPECT_FALSE(slow.readable()) << "the wait was none";
  subject.stop();
}

TEST_P(Waiting, OfManyConnectionsGoesOnAtTheSameTime) {
  constexpr std::size_t kConnections = 20;
  RunningSubject subject(GetParam().serving(kConnections + 1));
  std::vector<Connection> slow;
  for (std::size_t i = 0; i < kConnections; ++i) {
    slow.emplace_back(subject.port());
    ASSERT_TRUE(slow.back().send(get("/wait/400000")));
  }
  // Sent last and longer than each, but shorter than all of them one after another.
  Connection last(subject.port());
  ASSERT_TRUE(last.send(get("/wait/7000000")));
  const std::string expected = answer(get("/wait/400000"));
  for (auto& connection : slow) EXPECT_EQ(mask_dates(connection.receive(expected.size())), mask_dates(expected));
  EXPECT_FALSE(last.readable()) << "twenty waits of 0.4 s took longer than one of 7 s";
  subject.stop();
}

TEST_P(Waiting, SendsTheRepliesThatWereMadeBeforeIt) {
  RunningSubject subject(GetParam().serving(1));
  Connection connection(subject.port());
  ASSERT_TRUE(connection.send(get("/id/1") + get(kLong) + get("/id/2")));
  const std::string first = answer(get("/id/1"));
  EXPECT_EQ(mask_dates(connection.receive(first.size())), mask_dates(first));
  EXPECT_FALSE(connection.readable()) << "the wait was none";
  subject.stop();
}

TEST_P(Waiting, IsFollowedByTheRepliesToWhatWasSentBehindIt) {
  RunningSubject subject(GetParam().serving(1));
  Connection connection(subject.port());
  const std::string requests = get("/id/1") + get("/wait/20000") + get("/id/2");
  ASSERT_TRUE(connection.send(requests));
  const std::string expected = answer(requests);
  EXPECT_EQ(mask_dates(connection.receive(expected.size())), mask_dates(expected));
  subject.stop();
}

TEST_P(Waiting, TakesWhatArrivesMeanwhileAndAnswersItAfterwards) {
  RunningSubject subject(GetParam().serving(1));
  Connection connection(subject.port());
  ASSERT_TRUE(connection.send(get("/id/1") + get("/wait/300000")));
  const std::string first = answer(get("/id/1"));
  connection.receive(first.size());
  std::string more;
  for (int i = 0; i < 2000; ++i) more += get("/id/" + std::to_string(i));
  for (const auto piece : random_pieces(more, 3, 700)) ASSERT_TRUE(connection.send(piece));
  connection.shutdown_write();
  EXPECT_EQ(mask_dates(connection.receive_until_end()), mask_dates(answer(get("/wait/300000") + more)));
  subject.stop();
}

TEST_P(Waiting, IsFinishedWhenTheClientHasEndedItsInput) {
  RunningSubject subject(GetParam().serving(1));
  Connection connection(subject.port());
  ASSERT_TRUE(connection.send(get("/wait/300000")));
  connection.shutdown_write();
  EXPECT_EQ(mask_dates(connection.receive_until_end()), mask_dates(answer(get("/wait/300000"))));
  subject.stop();
}

TEST_P(Waiting, OfAClientThatHasResetHurtsNobody) {
  RunningSubject subject(GetParam().serving(60));
  for (int i = 0; i < 50; ++i) {
    Connection gone(subject.port());
    ASSERT_TRUE(gone.send(get("/wait/100000") + get("/id/1")));
    gone.reset();
  }
  Connection slow(subject.port());
  ASSERT_TRUE(slow.send(get("/wait/300000")));
  CheckingClient bystander(workload(), subject.port(), 1);
  bystander.rounds(3);
  const std::string expected = answer(get("/wait/300000"));
  EXPECT_EQ(mask_dates(slow.receive(expected.size())), mask_dates(expected));
  bystander.rounds(3);
  subject.stop();
}

TEST_P(Waiting, IsCutShortByAStop) {
  RunningSubject subject(GetParam().serving(4));
  std::vector<Connection> slow;
  for (int i = 0; i < 4; ++i) {
    slow.emplace_back(subject.port());
    ASSERT_TRUE(slow.back().send(get("/id/1") + get("/wait/10000000")));
    slow.back().receive(answer(get("/id/1")).size());
  }
  subject.stop();  // which checks that it takes no longer than any other stop
}

TEST_P(Waiting, ForWorkIsCutShortByAStop) {
  constexpr std::size_t kConnections = 8;
  RunningSubject subject(GetParam().serving(kConnections));
  std::vector<Connection> busy;
  for (std::size_t i = 0; i < kConnections; ++i) {
    busy.emplace_back(subject.port());
    ASSERT_TRUE(busy.back().send(get("/id/1") + get("/work/1000000000")));
  }
  const std::size_t first = answer(get("/id/1")).size();
  busy.front().receive(first);  // The others may already be waiting behind its computation.
  subject.stop();
}

TEST_P(Waiting, ForWorkBringsTheAnswerThatRunGives) {
  RunningSubject subject(GetParam().serving(3));
  CheckingClient bystander(workload(), subject.port(), 1);
  Connection connection(subject.port());
  for (const std::string rounds : {"0", "1", "1000", "1000000", "20000000"}) {
    SCOPED_TRACE(rounds);
    const std::string expected = answer(get("/work/" + rounds));
    ASSERT_TRUE(connection.send(get("/work/" + rounds)));
    bystander.ask();
    EXPECT_EQ(mask_dates(connection.receive(expected.size())), mask_dates(expected));
    bystander.await();
  }
  subject.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, Waiting, testing::ValuesIn(pairings("http")),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

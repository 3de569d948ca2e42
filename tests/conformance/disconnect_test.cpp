// Clients that leave while their request waits: a minute is asked for, and what held the connection is free long
// before.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/conformance/oracle.h"
#include "tests/conformance/subject.h"
#include "tests/eventually.h"

namespace bakeoff::conformance {
namespace {

/// Open in the subject and its workers.
std::size_t sockets_of(const RunningSubject& subject) {
  std::size_t sockets = open_sockets(subject.pid());
  for (const pid_t worker : subject.workers()) try {
      sockets += open_sockets(worker);
    } catch (const std::filesystem::filesystem_error&) {  // It has ended meanwhile.
    }
  return sockets;
}

class Disconnect : public testing::TestWithParam<Pairing> {
 protected:
  /// A connection whose request waits for a minute from now on, with `behind` sent after it.
  Connection waiting(const std::string& behind = "") const {
    Connection connection(subject_.port());
    EXPECT_TRUE(connection.send(get("/id/1") + get("/wait/60000000") + behind));
    // What was answered before the wait is sent before it.
    const std::string first = expected_answer(*GetParam().workload, get("/id/1")).replies;
    EXPECT_EQ(connection.receive(first.size()).size(), first.size());
    return connection;
  }

  void expect_free(const std::string& after) const {
    ASSERT_TRUE(test::eventually([&] { return sockets_of(subject_) == before_; }))
        << "its socket is still held after " << after;
  }

  RunningSubject subject_{GetParam().serving(4)};
  const std::size_t before_ = sockets_of(subject_);
};

TEST_P(Disconnect, IsNoticedAtOnceWhileARequestWaits) {
  waiting().reset();
  expect_free("a reset");
  waiting().close();
  expect_free("a close");
  std::string behind;
  for (int i = 0; i < 1000; ++i) behind += get("/id/" + std::to_string(i));
  waiting(behind).close();
  expect_free("a close behind further requests");
  subject_.stop();
}

TEST_P(Disconnect, OfAClientThatOnlyEndsItsInputEndsTheConnectionWhenItsAnswerIsFarOff) {
  Connection connection = waiting();
  connection.shutdown_write();
  EXPECT_EQ(connection.receive_until_end(), "");
  expect_free("the end of input");
  subject_.stop();
}

std::vector<Pairing> over_http() {
  auto all = pairings_one_at_a_time();
  std::erase_if(all, [](const Pairing& pairing) { return pairing.workload->name != "http"; });
  return all;
}

std::vector<Pairing> over_io_uring() {
  auto all = over_http();
  std::erase_if(all, [](const Pairing& pairing) { return pairing.model.name != "io-uring"; });
  return all;
}

// What arrives in one go while the subject is held: more than an io_uring has buffers for. A connection that finds
// none receives nothing more.
class DisconnectWithLentBuffers : public Disconnect {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DisconnectWithLentBuffers);

TEST_P(DisconnectWithLentBuffers, IsNoticedWhenAllClientsSendMoreAtOnceMeanwhile) {
  const std::string more(4'000'000, 'x');
  std::vector<Connection> connections;
  for (int i = 0; i < 100; ++i) connections.push_back(waiting());
  ASSERT_EQ(::kill(subject_.pid(), SIGSTOP), 0);
  for (Connection& connection : connections) connection.send_blindly(more, std::chrono::milliseconds{0});
  ASSERT_EQ(::kill(subject_.pid(), SIGCONT), 0);
  // It has taken in whatever it is going to when it has answered somebody who came later.
  Connection later(subject_.port());
  ASSERT_TRUE(later.send(get("/id/2")));
  const std::string answer = expected_answer(*GetParam().workload, get("/id/2")).replies;
  ASSERT_EQ(later.receive(answer.size()).size(), answer.size());
  later.close();
  for (Connection& connection : connections) connection.reset();
  expect_free("resets");
  subject_.stop();
}

INSTANTIATE_TEST_SUITE_P(Every, Disconnect, testing::ValuesIn(over_http()),
                         pairing_name<testing::TestParamInfo<Pairing>>);
INSTANTIATE_TEST_SUITE_P(IoUring, DisconnectWithLentBuffers, testing::ValuesIn(over_io_uring()),
                         pairing_name<testing::TestParamInfo<Pairing>>);

}  // namespace
}  // namespace bakeoff::conformance

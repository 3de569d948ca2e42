// The pool of connections to the back end for callers that wait: who gets which connection, in which order, and what
// becomes of it. Threads call; the connections are scripted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/back_end/waiting_pool.h"
#include "tests/eventually.h"
#include "tests/models/scripted_back_end.h"

namespace bakeoff::models {
namespace {

using testing::ElementsAre;
using PoolClock = back_end::Clock;

/// What lies behind the sockets of a test. Notes "1 connects", "1 asks 7", "1 closes"; answers at once what `answer`
/// says, or when release() is called.
class ScriptedNetwork {
 public:
  using Notes = std::vector<std::string>;
  /// "" ends the connection.
  std::function<std::string(const std::string& item)> answer = [](const std::string& item) { return bulk_of(item); };
  std::atomic<bool> listens{true}, sends{true};

  std::size_t connect() {
    const std::lock_guard lock(mutex_);
    if (!listens) return 0;
    ++connections_;
    note(connections_, "connects");
    most_open_ = std::max(most_open_, ++open_);
    return connections_;
  }
  bool send(std::size_t connection, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    const std::string question = question_in(bytes);
    note(connection, question);
    const std::string item = question.substr(question.find(' ') + 1);
    if (sends) replies_[connection] += answer(item);
    return sends;
  }
  std::size_t receive(std::size_t connection, std::span<char> into, PoolClock::time_point until) {
    std::unique_lock lock(mutex_);
    if (!released_.wait_until(lock, until, [&] { return !held_; })) return 0;
    std::string& reply = replies_[connection];
    const std::size_t size = std::min(into.size(), reply.size());
    std::memcpy(into.data(), reply.data(), size);
    reply.erase(0, size);
    return size;
  }
  void close(std::size_t connection) {
    const std::lock_guard lock(mutex_);
    note(connection, "closes");
    replies_.erase(connection);
    --open_;
  }

  /// From now on nothing is answered until it is released.
  void hold() { set_held(true); }
  void release() { set_held(false); }

  Notes notes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notes_, {});
  }
  std::size_t questions() {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(notes_, [](auto& each) { return each.find("asks") != each.npos; }));
  }
  std::size_t most_open() const { return most_open_; }

 private:
  void note(std::size_t connection, const std::string& what) {
    notes_.push_back(std::to_string(connection) + " " + what);
  }
  void set_held(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    released_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable released_;
  Notes notes_;
  std::map<std::size_t, std::string> replies_;  // What is still to be read, by connection.
  std::size_t connections_ = 0, open_ = 0, most_open_ = 0;
  bool held_ = false;
};

ScriptedNetwork* network_of_test = nullptr;

/// See WaitingSocket in models/back_end/link.h.
class ScriptedSocket {
 public:
  bool connect(const workloads::BackEnd&, PoolClock::time_point) {
    return (connection_ = network_of_test->connect()) != 0;
  }
  bool send(std::string_view bytes) const { return network_of_test->send(connection_, bytes); }
  std::size_t receive(std::span<char> into, PoolClock::time_point until) const {
    return network_of_test->receive(connection_, into, until);
  }
  bool is_open() const { return connection_ != 0; }
  void close() {
    if (connection_ != 0) network_of_test->close(std::exchange(connection_, 0));
  }

 private:
  std::size_t connection_ = 0;
};

/// Says how many have begun to wait.
struct CountedCondition : std::condition_variable {
  CountedCondition() { ++begun; }
  static inline std::atomic<int> begun{0};
};
/// Keeps no time, as that of fibers.
struct TimelessCondition : CountedCondition {
  void wait_until(std::unique_lock<std::mutex>& lock, PoolClock::time_point) { wait(lock); }
};

class BackEndPool : public testing::Test {
 protected:
  template <typename Condition>
  using PoolOf = back_end::WaitingPool<Condition, ScriptedSocket>;
  using Pool = PoolOf<CountedCondition>;

  BackEndPool() {
    network_of_test = &network_;
    CountedCondition::begun = 0;
  }
  /// Returns when that many callers of the test have begun to wait for a connection.
  static void await_waiting(int callers) {
    EXPECT_TRUE(test::eventually([&] { return CountedCondition::begun == callers; }));
  }
  void await_questions(std::size_t asked) {
    EXPECT_TRUE(test::eventually([&] { return network_.questions() == asked; }));
  }
  static bool is_close(const std::string& note) { return note.ends_with("closes"); }
  /// Calls on a thread of its own.
  static std::future<std::string> call_beside(auto& pool, std::uint16_t first, std::uint16_t count = 1) {
    return std::async(std::launch::async, [&pool, first, count] { return pool.call({first, count}); });
  }

  ScriptedNetwork network_;
};

TEST_F(BackEndPool, ConnectsWhenItIsFirstAskedAndUsesTheConnectionAgain) {
  ScriptedUse server(4);
  Pool pool(server.use);
  EXPECT_THAT(network_.notes(), testing::IsEmpty());
  for (std::uint16_t item = 7; item <= 9; ++item) EXPECT_EQ(pool.call({item, 1}), "=" + std::to_string(item));
  EXPECT_THAT(network_.notes(), ElementsAre("1 connects", "1 asks 7", "1 asks 8", "1 asks 9"));
  EXPECT_EQ(server.tallies.receipt().back_end_connections, 1U);
  EXPECT_EQ(server.tallies.receipt().call_waits, 0U);
}

TEST_F(BackEndPool, UsesTheOpenConnectionThatWasFreeLastAndAClosedOneLast) {
  ScriptedUse server(2);
  Pool pool(server.use);
  EXPECT_EQ(pool.call({1, 2}), "=1 2");
  network_.notes();
  EXPECT_EQ(pool.call({3, 1}), "=3");
  EXPECT_THAT(network_.notes(), ElementsAre("2 asks 3"));
  network_.answer = [](const std::string&) { return "$-1\r\n"; };
  EXPECT_EQ(pool.call({4, 1}), "no value");
  network_.answer = bulk_of;
  EXPECT_EQ(pool.call({5, 1}), "=5");
  EXPECT_THAT(network_.notes(), ElementsAre("2 asks 4", "2 closes", "1 asks 5"));
  EXPECT_EQ(pool.call({6, 2}), "=6 7");
  EXPECT_THAT(network_.notes(), ElementsAre("1 asks 6", "3 connects", "3 asks 7"));
}

TEST_F(BackEndPool, CallsAtOnceShareTheConnectionsAndTheirAnswersStandInTheirOrder) {
  ScriptedUse server(2);
  Pool pool(server.use);
  EXPECT_EQ(pool.call({9998, 5}), "=9998 9999 0 1 2");
  EXPECT_THAT(network_.notes(), ElementsAre("1 connects", "1 asks 9998", "2 connects", "2 asks 9999", "1 asks 0",
                                            "2 asks 1", "1 asks 2"));
}

TEST_F(BackEndPool, CallsAtOnceTakeWhatIsFreeAndWaitForNoMore) {
  ScriptedUse server(3);
  Pool pool(server.use);
  network_.hold();
  auto busy = call_beside(pool, 1);
  await_questions(1);
  auto many = call_beside(pool, 10, 4);
  await_questions(3);
  EXPECT_EQ(CountedCondition::begun, 0);
  auto last = call_beside(pool, 20, 4);
  await_waiting(1);
  network_.release();
  EXPECT_EQ(busy.get(), "=1");
  EXPECT_EQ(many.get(), "=10 11 12 13");
  EXPECT_EQ(last.get(), "=20 21 22 23") << "one connection has to do";
  EXPECT_EQ(network_.most_open(), 3U);
  EXPECT_EQ(server.tallies.receipt().call_waits, 1U);
}

TEST_F(BackEndPool, CallersThatWaitAreServedInTheOrderInWhichTheyCame) {
  ScriptedUse server(1);
  Pool pool(server.use);
  network_.hold();
  std::vector<std::future<std::string>> callers;
  callers.push_back(call_beside(pool, 0));
  await_questions(1);
  for (std::uint16_t item = 1; item <= 8; ++item) {
    callers.push_back(call_beside(pool, item));
    await_waiting(item);
  }
  network_.release();
  for (std::size_t item = 0; item <= 8; ++item) EXPECT_EQ(callers[item].get(), "=" + std::to_string(item));
  EXPECT_THAT(network_.notes(), ElementsAre("1 connects", "1 asks 0", "1 asks 1", "1 asks 2", "1 asks 3", "1 asks 4",
                                            "1 asks 5", "1 asks 6", "1 asks 7", "1 asks 8"));
  EXPECT_EQ(server.tallies.receipt().call_waits, 8U);
}

TEST_F(BackEndPool, HasNoMoreConnectionsThanItMayAndMixesNoAnswersUp) {
  ScriptedUse server(3);
  Pool pool(server.use);
  std::vector<std::future<void>> callers;
  for (std::uint16_t caller = 0; caller < 8; ++caller) {
    callers.push_back(std::async(std::launch::async, [&pool, caller] {
      for (std::uint16_t i = 0; i < 200; ++i) {
        const auto item = static_cast<std::uint16_t>(caller * 1000 + i);
        const std::string one = std::to_string(item), next = std::to_string(item + 1);
        const bool single = i % 2 == 0;
        EXPECT_EQ(pool.call({item, static_cast<std::uint16_t>(single ? 1 : 2)}),
                  single ? "=" + one : "=" + one + " " + next);
      }
    }));
  }
  for (auto& caller : callers) caller.get();
  EXPECT_LE(network_.most_open(), 3U);
  EXPECT_LE(server.tallies.receipt().back_end_connections, 3U);
}

TEST_F(BackEndPool, AFailureClosesItsConnectionsAndTheNextCallMakesOthers) {
  ScriptedUse server(2);
  Pool pool(server.use);
  const std::pair<const char*, const char*> failures[] = {{"broken", ""},
                                                          {"broken", "nonsense\r\n"},
                                                          {"broken", "$1\r\n7\r\n+OK\r\n"},
                                                          {"no value", "$-1\r\n"},
                                                          {"no value", "-ERR no\r\n"}};
  const std::pair<std::uint16_t, const char*> counts[] = {{1, "=7"}, {2, "=7 8"}, {5, "=7 8 9 10 11"}};
  for (const auto& [word, reply] : failures) {
    for (const auto& [count, all] : counts) {
      network_.answer = [reply = reply](const std::string&) { return reply; };
      EXPECT_EQ(pool.call({7, count}), word) << reply;
      const auto notes = network_.notes();
      EXPECT_EQ(std::ranges::count_if(notes, &is_close), count == 1 ? 1 : 2) << reply;
      network_.answer = bulk_of;
      EXPECT_EQ(pool.call({7, count}), all);
      network_.notes();
    }
  }
  EXPECT_LE(network_.most_open(), 2U);
}

TEST_F(BackEndPool, OfWhichNobodyListensOrTakesTheRequestSaysSo) {
  ScriptedUse server(2);
  Pool pool(server.use);
  network_.listens = false;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pool.call({7, 3}), "refused");
  network_.listens = true;
  EXPECT_EQ(pool.call({7, 1}), "=7");
  network_.sends = false;
  EXPECT_EQ(pool.call({7, 1}), "broken");
  network_.sends = true;
  EXPECT_EQ(pool.call({7, 3}), "=7 8 9");
}

TEST_F(BackEndPool, ThatIsNotGreetedIsRefused) {
  ScriptedUse server(1, std::chrono::hours(1), workloads::BackEndProtocol::postgres);
  Pool pool(server.use);
  for (const std::string& greeting : {std::string(), std::string("R\0\0\0\x08\0\0\0\3", 9)}) {
    network_.answer = [&](const std::string&) { return greeting; };
    EXPECT_EQ(pool.call({7, 1}), "refused");
  }
  EXPECT_THAT(network_.notes(),
              ElementsAre("1 connects", "1 greets", "1 closes", "2 connects", "2 greets", "2 closes"));
}

TEST_F(BackEndPool, ABackEndThatClosesAfterItsAnswerGetsAnotherConnection) {
  ScriptedUse server(1, std::chrono::hours(1), workloads::BackEndProtocol::http);
  Pool pool(server.use);
  network_.answer = [](const std::string& item) {
    return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n" + item;
  };
  EXPECT_EQ(pool.call({7, 2}), "=7 8");
  EXPECT_THAT(network_.notes(),
              ElementsAre("1 connects", "1 asks 7", "1 closes", "2 connects", "2 asks 8", "2 closes"));
}

TEST_F(BackEndPool, AnAnswerThatDoesNotComeInTimeIsLateAndClosesItsConnection) {
  ScriptedUse server(2, std::chrono::milliseconds(1));
  Pool pool(server.use);
  network_.hold();
  EXPECT_EQ(pool.call({7, 3}), "late");
  const auto notes = network_.notes();
  EXPECT_EQ(std::ranges::count_if(notes, &is_close), 2);
}

TEST_F(BackEndPool, ACallerWhoWaitsTooLongIsLateAndNobodyGivesHimAConnection) {
  ScriptedUse server(1, std::chrono::milliseconds(1));
  Pool pool(server.use);
  // The one who has it is late as well, but hears of it only when he is released.
  network_.hold();
  std::promise<void> released;
  network_.answer = [&](const std::string& item) {
    if (item == "1") released.get_future().wait();  // In the middle of sending.
    return bulk_of(item);
  };
  auto busy = call_beside(pool, 1);
  EXPECT_TRUE(test::eventually([&] { return server.tallies.receipt().back_end_connections == 1; }));
  EXPECT_EQ(pool.call({2, 1}), "late");
  released.set_value();
  EXPECT_EQ(busy.get(), "late");
  EXPECT_EQ(server.tallies.receipt().call_waits, 1U);
}

TEST_F(BackEndPool, WhoseEndHasComeLetsNobodyWait) {
  ScriptedUse server(1);
  Pool pool(server.use);
  network_.hold();
  auto busy = call_beside(pool, 1);
  await_questions(1);
  auto one = call_beside(pool, 2), other = call_beside(pool, 3);
  await_waiting(2);
  pool.end();
  EXPECT_EQ(one.get(), "late");
  EXPECT_EQ(other.get(), "late");
  EXPECT_EQ(pool.call({4, 1}), "late") << "it is still busy";
  network_.release();
  EXPECT_EQ(busy.get(), "=1");
}

TEST_F(BackEndPool, AStopOfTheProcessEndsTheWait) {
  ScriptedUse server(1);
  Pool pool(server.use);
  network_.hold();
  auto busy = call_beside(pool, 1);
  await_questions(1);
  auto waiting = call_beside(pool, 2);
  await_waiting(1);
  stop_requested = true;
  EXPECT_EQ(waiting.get(), "late");
  stop_requested = false;
  network_.release();
  EXPECT_EQ(busy.get(), "=1");
}

TEST_F(BackEndPool, WakesCallersWhoseConditionKeepsNoTime) {
  ScriptedUse server(1, std::chrono::milliseconds(20));
  PoolOf<TimelessCondition> pool(server.use);
  const auto begin = PoolClock::now();
  EXPECT_EQ(pool.wake_late(begin), begin + std::chrono::milliseconds(20)) << "nobody waits";
  std::promise<void> released;
  network_.answer = [&](const std::string& item) {
    if (item == "1") released.get_future().wait();
    return bulk_of(item);
  };
  auto busy = call_beside(pool, 1);
  EXPECT_TRUE(test::eventually([&] { return server.tallies.receipt().back_end_connections == 1; }));
  auto waiting = call_beside(pool, 2);
  await_waiting(1);
  EXPECT_GT(pool.wake_late(begin), begin) << "not yet";
  EXPECT_TRUE(test::eventually([&] {
    pool.wake_late(PoolClock::now());
    return waiting.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }));
  EXPECT_EQ(waiting.get(), "late");
  released.set_value();
  busy.get();
}

}  // namespace
}  // namespace bakeoff::models

// The pool of connections that a loop has to the back end: which call gets which connection, and what becomes of it.
// The connections are scripted; what comes over them is fed by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/back_end/loop_pool.h"
#include "tests/models/scripted_back_end.h"

namespace bakeoff::models {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using workloads::BackEndUse;

/// Notes what it is told to do: "1 connects", "1 asks 7", "1 closes".
class ScriptedLink final : public back_end::LoopLink {
 public:
  using Notes = std::vector<std::string>;
  using Reaction = std::function<void(ScriptedLink&)>;
  struct Script {
    Notes notes;
    Reaction when_connecting = [](ScriptedLink&) {}, when_sending = [](ScriptedLink&) {};
  };

  ScriptedLink(back_end::LoopPool& pool, const BackEndUse& use, Script& script, std::size_t number)
      : LoopLink(pool, use), script_(script), number_(std::to_string(number)) {}

  using LoopLink::on_connected;
  using LoopLink::on_end;
  using LoopLink::on_received;
  /// The back end answers with this value.
  void answer(std::string_view value) { on_received(bulk_of(value)); }

 private:
  void connect(const workloads::BackEnd&) override {
    script_.notes.push_back(number_ + " connects");
    script_.when_connecting(*this);
  }
  void send(std::string_view bytes) override {
    script_.notes.push_back(number_ + " " + question_in(bytes));
    script_.when_sending(*this);
  }
  void close() override { script_.notes.push_back(number_ + " closes"); }

  Script& script_;
  const std::string number_;
};

class ScriptedPool final : public back_end::LoopPool {
 public:
  ScriptedPool(const BackEndUse& use, ScriptedLink::Script& script) : LoopPool(use), use_(use), script_(script) {}
  using LoopPool::on_time;

  std::vector<ScriptedLink*> links;
  std::vector<Clock::time_point> wakes;

 private:
  std::unique_ptr<back_end::LoopLink> make_link() override {
    auto made = std::make_unique<ScriptedLink>(*this, use_, script_, links.size() + 1);
    links.push_back(made.get());
    return made;
  }
  void wake_at(Clock::time_point time) override { wakes.push_back(time); }

  const BackEndUse& use_;
  ScriptedLink::Script& script_;
};

class BackEndLoopPool : public testing::Test {
 protected:
  /// A pool of its own for the test, and who calls.
  void make_pool(std::size_t pool, std::chrono::milliseconds timeout = std::chrono::hours(1),
                 workloads::BackEndProtocol protocol = workloads::BackEndProtocol::redis) {
    back_end_ = std::make_unique<ScriptedUse>(pool, timeout, protocol);
    pool_ = std::make_unique<ScriptedPool>(back_end_->use, script_);
  }
  /// True when the calls are over already. Otherwise "NAME RESULT" will be in over_.
  bool call(
      const std::string& name, std::uint16_t first, std::uint16_t count = 1, std::function<void()> then = [] {}) {
    Caller& caller = callers_.emplace_back();
    caller.calls = std::make_unique<back_end::LoopCalls>([this, name, &caller, then] {
      over_.push_back(name + " " + caller.calls->result());
      then();
    });
    return pool_->call(*caller.calls, {first, count});
  }
  std::string last_result() const { return callers_.back().calls->result(); }
  void connect_all_at_once() {
    script_.when_connecting = [](ScriptedLink& link) { link.on_connected(); };
  }
  ScriptedLink& link(std::size_t number) { return *pool_->links.at(number - 1); }
  ScriptedLink::Notes notes() { return std::exchange(script_.notes, {}); }
  std::vector<std::string> over() { return std::exchange(over_, {}); }
  workloads::ServiceReceipt receipt() const { return back_end_->tallies.receipt(); }

  struct Caller {
    std::unique_ptr<back_end::LoopCalls> calls;
  };
  ScriptedLink::Script script_;
  std::unique_ptr<ScriptedUse> back_end_;
  std::deque<Caller> callers_;  // They stay longer than the pool.
  std::unique_ptr<ScriptedPool> pool_;
  std::vector<std::string> over_;
};

TEST_F(BackEndLoopPool, ConnectsAsksAndTellsTheAnswer) {
  make_pool(8);
  EXPECT_FALSE(call("a", 7));
  EXPECT_THAT(notes(), ElementsAre("1 connects"));
  link(1).on_connected();
  EXPECT_THAT(notes(), ElementsAre("1 asks 7"));
  link(1).on_received("$1\r");
  EXPECT_THAT(over(), IsEmpty());
  link(1).on_received("\n7\r\n");
  EXPECT_THAT(over(), ElementsAre("a =7"));
  EXPECT_THAT(notes(), IsEmpty());
  EXPECT_EQ(receipt().back_end_connections, 1U);
  EXPECT_EQ(receipt().call_waits, 0U);
}

TEST_F(BackEndLoopPool, UsesTheOpenConnectionThatWasFreeLast) {
  make_pool(8);
  connect_all_at_once();
  call("a", 1);
  call("b", 2);
  call("c", 3);
  link(2).answer("2");
  link(3).answer("3");
  link(1).answer("1");
  EXPECT_THAT(over(), ElementsAre("b =2", "c =3", "a =1"));
  notes();
  call("d", 4);
  call("e", 5);
  call("f", 6);
  call("g", 7);
  EXPECT_THAT(notes(), ElementsAre("1 asks 4", "3 asks 5", "2 asks 6", "4 connects", "4 asks 7"));
}

TEST_F(BackEndLoopPool, UsesAClosedConnectionLast) {
  make_pool(2);
  connect_all_at_once();
  call("a", 1);
  call("b", 2);
  link(2).answer("2");
  link(1).on_end();
  EXPECT_THAT(over(), ElementsAre("b =2", "a broken"));
  notes();
  call("c", 3);
  call("d", 4);
  EXPECT_THAT(notes(), ElementsAre("2 asks 3", "1 connects", "1 asks 4"));
}

TEST_F(BackEndLoopPool, HasNoMoreConnectionsThanItMayAndServesInTheOrderOfCalling) {
  make_pool(2);
  connect_all_at_once();
  for (std::uint16_t item = 1; item <= 5; ++item) EXPECT_FALSE(call(std::to_string(item), item));
  EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 1", "2 connects", "2 asks 2"));
  link(2).answer("2");
  link(1).answer("1");
  link(1).answer("4");
  EXPECT_THAT(notes(), ElementsAre("2 asks 3", "1 asks 4", "1 asks 5"));
  link(1).answer("5");
  link(2).answer("3");
  EXPECT_THAT(over(), ElementsAre("2 =2", "1 =1", "4 =4", "5 =5", "3 =3"));
  EXPECT_EQ(pool_->links.size(), 2U);
  EXPECT_EQ(receipt().back_end_connections, 2U);
  EXPECT_EQ(receipt().call_waits, 3U);
}

TEST_F(BackEndLoopPool, CallsAtOnceTakeWhatIsFreeAndTheirAnswersStandInTheirOrder) {
  make_pool(4);
  connect_all_at_once();
  call("busy", 1);
  call("many", 9998, 5);
  EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 1", "2 connects", "2 asks 9998", "3 connects", "3 asks 9999",
                                   "4 connects", "4 asks 0"));
  call("behind", 7);
  link(3).answer("9999");
  link(4).answer("0");
  link(4).answer("2");
  EXPECT_THAT(notes(), ElementsAre("3 asks 1", "4 asks 2", "4 asks 7"));
  link(2).answer("9998");
  EXPECT_THAT(over(), IsEmpty());
  link(3).answer("1");
  link(4).answer("7");
  EXPECT_THAT(over(), ElementsAre("many =9998 9999 0 1 2", "behind =7"));
  EXPECT_EQ(receipt().call_waits, 1U) << "only of those that had no connection to begin with";
}

TEST_F(BackEndLoopPool, CallsThatAreOverInsideCallAreToldByItsResult) {
  make_pool(2);
  connect_all_at_once();
  script_.when_sending = [](ScriptedLink& sending) { sending.answer("x"); };
  EXPECT_TRUE(call("a", 1, 3));
  EXPECT_EQ(last_result(), "=x x x");
  script_.when_sending = [](ScriptedLink& sending) { sending.on_end(); };
  EXPECT_TRUE(call("b", 1));
  EXPECT_EQ(last_result(), "broken");
  script_.when_connecting = [](ScriptedLink& connecting) { connecting.on_end(); };
  EXPECT_TRUE(call("c", 1, 5)) << "the one that is open is broken too";
  EXPECT_TRUE(call("d", 1, 5));
  EXPECT_EQ(last_result(), "refused");
  EXPECT_THAT(over(), IsEmpty());
}

TEST_F(BackEndLoopPool, ACallThatIsMadeWhenOneIsOverGoesBehindThoseInLine) {
  make_pool(1);
  connect_all_at_once();
  call("first", 1, 1, [this] { call("again", 4); });
  call("second", 2);
  call("third", 3);
  link(1).answer("1");
  link(1).answer("2");
  link(1).answer("3");
  link(1).answer("4");
  EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 1", "1 asks 2", "1 asks 3", "1 asks 4"));
  EXPECT_THAT(over(), ElementsAre("first =1", "second =2", "third =3", "again =4"));
}

TEST_F(BackEndLoopPool, AFailureClosesItsConnectionAndTheNextCallMakesAnother) {
  make_pool(1);
  connect_all_at_once();
  const std::pair<const char*, std::function<void(ScriptedLink&)>> failures[] = {
      {"broken", [](ScriptedLink& failing) { failing.on_end(); }},
      {"broken", [](ScriptedLink& failing) { failing.on_received("nonsense\r\n"); }},
      {"broken", [](ScriptedLink& failing) { failing.on_received("$1\r\n7\r\n$1\r\n8\r\n"); }},
      {"no value", [](ScriptedLink& failing) { failing.on_received("$-1\r\n"); }},
      {"no value", [](ScriptedLink& failing) { failing.on_received("-ERR\r\n"); }}};
  for (const auto& [word, fail] : failures) {
    call("a", 7);
    EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 7"));
    fail(link(1));
    EXPECT_THAT(over(), ElementsAre("a " + std::string(word)));
    EXPECT_THAT(notes(), ElementsAre("1 closes"));
  }
  EXPECT_EQ(pool_->links.size(), 1U);
}

TEST_F(BackEndLoopPool, OneFailureOfCallsAtOnceIsToldWhenTheOthersHaveEndedAndTheRestIsNotMade) {
  make_pool(3);
  connect_all_at_once();
  call("many", 10, 6);
  call("next", 7);
  notes();
  link(2).on_received("$-1\r\n");
  EXPECT_THAT(over(), IsEmpty());
  EXPECT_THAT(notes(), ElementsAre("2 closes", "2 connects", "2 asks 7"));
  link(1).answer("10");
  link(3).answer("12");
  EXPECT_THAT(over(), ElementsAre("many no value"));
  EXPECT_THAT(notes(), IsEmpty());
  link(2).answer("7");
  EXPECT_THAT(over(), ElementsAre("next =7"));
}

TEST_F(BackEndLoopPool, ABackEndThatClosesAfterItsAnswerGetsAnotherConnection) {
  make_pool(1, std::chrono::hours(1), workloads::BackEndProtocol::http);
  connect_all_at_once();
  for (int i = 0; i < 2; ++i) {
    call("a", 7);
    EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 7"));
    link(1).on_received("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n7");
    EXPECT_THAT(over(), ElementsAre("a =7"));
    EXPECT_THAT(notes(), ElementsAre("1 closes"));
  }
}

TEST_F(BackEndLoopPool, AnIdleConnectionThatEndsOrSaysWhatNobodyAskedIsClosed) {
  make_pool(1);
  connect_all_at_once();
  for (const bool ends : {true, false}) {
    call("a", 7);
    link(1).answer("7");
    notes();
    ends ? link(1).on_end() : link(1).answer("8");
    EXPECT_THAT(notes(), ElementsAre("1 closes"));
  }
  call("b", 9);
  EXPECT_THAT(notes(), ElementsAre("1 connects", "1 asks 9"));
  link(1).answer("9");
  EXPECT_THAT(over(), ElementsAre("a =7", "a =7", "b =9"));
}

TEST_F(BackEndLoopPool, IsGreetedBeforeItAsksAndRefusedWhenTheGreetingFails) {
  make_pool(1, std::chrono::hours(1), workloads::BackEndProtocol::postgres);
  connect_all_at_once();
  const std::string ready("Z\0\0\0\5I", 6), password("R\0\0\0\x08\0\0\0\3", 9);
  for (const bool ends : {true, false}) {
    call("a", 7);
    EXPECT_THAT(notes(), ElementsAre("1 connects", "1 greets"));
    ends ? link(1).on_end() : link(1).on_received(password);
    EXPECT_THAT(notes(), ElementsAre("1 closes"));
    EXPECT_THAT(over(), ElementsAre("a refused"));
  }
  call("b", 7);
  link(1).on_received(ready);
  const std::string row(
      "D\0\0\0\x0b\0\1\0\0\0\1"
      "7",
      12);
  EXPECT_THAT(notes(), ElementsAre("1 connects", "1 greets", "1 greets")) << "the second is the statement";
  link(1).on_received(row + ready);
  EXPECT_THAT(over(), ElementsAre("b =7"));
}

TEST_F(BackEndLoopPool, InTimeClosesTheConnectionsOfLateCallsAndGivesThemBack) {
  make_pool(2, std::chrono::milliseconds(0));
  connect_all_at_once();
  call("many", 1, 5);
  call("waiting", 7);
  EXPECT_EQ(pool_->wakes.size(), 1U) << "one time at once";
  notes();
  pool_->on_time();
  EXPECT_THAT(over(), ElementsAre("many late", "waiting late"));
  EXPECT_EQ(receipt().call_waits, 1U);
  notes();
  script_.when_sending = [](ScriptedLink& sending) { sending.answer("x"); };
  EXPECT_TRUE(call("next", 8));
  EXPECT_EQ(last_result(), "=x");
  EXPECT_EQ(pool_->links.size(), 2U);
  EXPECT_THAT(notes(), ElementsAre(testing::EndsWith("connects"), testing::EndsWith("asks 8"))) << "all were closed";
}

TEST_F(BackEndLoopPool, LooksAgainWhenTheNextCallWillBeLate) {
  make_pool(2);
  connect_all_at_once();
  const auto before = ScriptedPool::Clock::now();
  call("a", 1);
  call("b", 2);
  ASSERT_EQ(pool_->wakes.size(), 1U);
  EXPECT_GE(pool_->wakes[0], before + std::chrono::hours(1));
  pool_->on_time();
  EXPECT_THAT(over(), IsEmpty());
  ASSERT_EQ(pool_->wakes.size(), 2U);
  EXPECT_EQ(pool_->wakes[1], pool_->wakes[0]);
  link(1).answer("1");
  link(2).answer("2");
  pool_->on_time();
  EXPECT_EQ(pool_->wakes.size(), 2U) << "nobody calls";
  call("c", 3);
  EXPECT_EQ(pool_->wakes.size(), 3U);
}

TEST_F(BackEndLoopPool, EndsAllCallsAndBeginsNone) {
  make_pool(2);
  connect_all_at_once();
  call("a", 1);
  link(1).answer("1");
  over();
  call("many", 1, 5);
  call("waiting", 7, 1, [this] { EXPECT_TRUE(call("from over", 8)); });
  call("waiting too", 9);
  notes();
  pool_->end();
  EXPECT_THAT(over(), ElementsAre("many broken", "waiting broken", "waiting too broken"));
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("1 closes", "2 closes"));
  EXPECT_EQ(last_result(), "broken");
  EXPECT_TRUE(call("b", 1));
  EXPECT_EQ(last_result(), "broken");
  EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(BackEndLoopPool, ALongLineOfARefusingBackEndNeedsNoLongStack) {
  make_pool(1);
  connect_all_at_once();
  call("first", 1);
  constexpr std::size_t kInLine = 100'000;
  for (std::size_t i = 0; i < kInLine; ++i) call("waiting", 2);
  script_.when_connecting = [](ScriptedLink& connecting) { connecting.on_end(); };
  link(1).on_end();
  EXPECT_EQ(over_.size(), kInLine + 1);
  EXPECT_EQ(std::ranges::count(over_, "waiting refused"), kInLine);
}

}  // namespace
}  // namespace bakeoff::models

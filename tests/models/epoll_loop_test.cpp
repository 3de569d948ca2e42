// The loop calls its handlers in the right order, without a clock: what is due lies in the past.
#include "models/epoll/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "models/net.h"

namespace bakeoff::models {
namespace {

using testing::ElementsAre;
using HandlerLog = std::vector<std::string>;

class ScriptedHandler final : public epoll::EpollHandler {
 public:
  ScriptedHandler(HandlerLog& log, std::string name) : log_(log), name_(std::move(name)) {}
  void on_event(std::uint32_t) override { called("event"); }
  void on_wake() override { called("due"); }
  std::function<void()> then = [] {};

 private:
  void called(const std::string& how) {
    log_.push_back(name_ + " " + how);
    then();
  }
  HandlerLog& log_;
  std::string name_;
};

class Loop : public testing::Test {
 protected:
  HandlerLog log_;
  epoll::EpollLoop loop_;
  ScriptedHandler a_{log_, "a"}, b_{log_, "b"}, last_{log_, "last"};
  const epoll::EpollLoop::Clock::time_point past_ = epoll::EpollLoop::Clock::now() - std::chrono::hours{1};
};

TEST_F(Loop, WakesInTheOrderOfTimeAndNotOfAsking) {
  last_.then = [&] { loop_.end(); };
  loop_.wake_at(past_ + std::chrono::seconds{3}, last_);
  loop_.wake_at(past_ + std::chrono::seconds{2}, b_);
  loop_.wake_at(past_ + std::chrono::seconds{1}, a_);
  loop_.run();
  EXPECT_THAT(log_, ElementsAre("a due", "b due", "last due"));
}

TEST_F(Loop, GivesWhoAsksForTurnsNoneBeforeTheOthersHadTheirs) {
  int turns = 0;
  a_.then = [&] { ++turns < 3 ? loop_.wake_after_the_others(a_) : loop_.end(); };
  b_.then = [&] { loop_.wake_after_the_others(b_); };
  loop_.wake_after_the_others(a_);
  loop_.wake_after_the_others(b_);
  loop_.run();
  EXPECT_THAT(log_, ElementsAre("a due", "b due", "a due", "b due", "a due", "b due"));
}

TEST_F(Loop, LooksForEventsBetweenTurns) {
  const StopSource stop_source;
  ASSERT_TRUE(loop_.watch(stop_source.token().fd(), EPOLLIN, last_));
  last_.then = [&] { loop_.end(); };
  int turns = 0;
  a_.then = [&] {
    if (++turns == 2) stop_source.request();
    loop_.wake_after_the_others(a_);
  };
  loop_.wake_after_the_others(a_);
  loop_.run();
  EXPECT_THAT(log_, ElementsAre("a due", "a due", "last event", "a due"));
}

TEST_F(Loop, ForgetsADescriptor) {
  const StopSource stop_source;
  ASSERT_TRUE(loop_.watch(stop_source.token().fd(), EPOLLIN, a_));
  stop_source.request();
  loop_.unwatch(stop_source.token().fd());
  last_.then = [&] { loop_.end(); };
  loop_.wake_at(past_, last_);
  loop_.run();
  EXPECT_THAT(log_, ElementsAre("last due"));
}

TEST_F(Loop, SaysWhyItCannotWatch) {
  EXPECT_FALSE(loop_.watch(-1, EPOLLIN, a_));
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace bakeoff::models

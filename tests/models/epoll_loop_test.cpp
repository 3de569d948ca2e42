// The loop calls its handlers in the right order, without a clock: what is due lies in the past.
#include "models/epoll_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "models/net.h"

namespace bakeoff {
namespace {

using testing::ElementsAre;
using Diary = std::vector<std::string>;

class Scripted final : public EpollHandler {
 public:
  Scripted(Diary& diary, std::string name) : diary_(diary), name_(std::move(name)) {}
  void happened(std::uint32_t) override { called("event"); }
  void due() override { called("due"); }
  std::function<void()> then = [] {};

 private:
  void called(const std::string& how) {
    diary_.push_back(name_ + " " + how);
    then();
  }
  Diary& diary_;
  std::string name_;
};

class Loop : public testing::Test {
 protected:
  Diary diary_;
  EpollLoop loop_;
  Scripted a_{diary_, "a"}, b_{diary_, "b"}, last_{diary_, "last"};
  const EpollLoop::Clock::time_point past_ = EpollLoop::Clock::now() - std::chrono::hours{1};
};

TEST_F(Loop, WakesInTheOrderOfTimeAndNotOfAsking) {
  last_.then = [&] { loop_.end(); };
  loop_.wake_at(past_ + std::chrono::seconds{3}, last_);
  loop_.wake_at(past_ + std::chrono::seconds{2}, b_);
  loop_.wake_at(past_ + std::chrono::seconds{1}, a_);
  loop_.run();
  EXPECT_THAT(diary_, ElementsAre("a due", "b due", "last due"));
}

TEST_F(Loop, GivesWhoAsksForTurnsNoneBeforeTheOthersHadTheirs) {
  int turns = 0;
  a_.then = [&] { ++turns < 3 ? loop_.wake_after_the_others(a_) : loop_.end(); };
  b_.then = [&] { loop_.wake_after_the_others(b_); };
  loop_.wake_after_the_others(a_);
  loop_.wake_after_the_others(b_);
  loop_.run();
  EXPECT_THAT(diary_, ElementsAre("a due", "b due", "a due", "b due", "a due", "b due"));
}

TEST_F(Loop, LooksForEventsBetweenTurns) {
  const StopSource bell;
  ASSERT_TRUE(loop_.watch(bell.token().fd(), EPOLLIN, last_));
  last_.then = [&] { loop_.end(); };
  int turns = 0;
  a_.then = [&] {
    if (++turns == 2) bell.request();
    loop_.wake_after_the_others(a_);
  };
  loop_.wake_after_the_others(a_);
  loop_.run();
  EXPECT_THAT(diary_, ElementsAre("a due", "a due", "last event", "a due"));
}

TEST_F(Loop, ForgetsADescriptor) {
  const StopSource bell;
  ASSERT_TRUE(loop_.watch(bell.token().fd(), EPOLLIN, a_));
  bell.request();
  loop_.forget(bell.token().fd());
  last_.then = [&] { loop_.end(); };
  loop_.wake_at(past_, last_);
  loop_.run();
  EXPECT_THAT(diary_, ElementsAre("last due"));
}

TEST_F(Loop, SaysWhyItCannotWatch) {
  EXPECT_FALSE(loop_.watch(-1, EPOLLIN, a_));
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace bakeoff

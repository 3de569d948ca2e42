// Who has left: the rule, and a thread, a loop and a fiber that wait for a peer's sake.
#include "models/peer_disconnect.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "models/asio/disconnect_watch.h"
#include "models/epoll/loop.h"
#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"

namespace bakeoff::models {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct PeerPair {
  PeerPair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    ours.reset(ends[0]);
    theirs.reset(ends[1]);
  }
  Descriptor ours, theirs;
};

TEST(HasDisconnected, AReseterAlwaysAndWhoHasEndedItsInputWhenItsAnswerIsFarOff) {
  EXPECT_FALSE(has_disconnected(0, hours{1}));
  EXPECT_FALSE(has_disconnected(EPOLLIN, hours{1}));
  EXPECT_TRUE(has_disconnected(EPOLLRDHUP, hours{1}));
  EXPECT_TRUE(has_disconnected(EPOLLRDHUP, kGraceAfterHalfClose + std::chrono::nanoseconds{1}));
  EXPECT_FALSE(has_disconnected(EPOLLRDHUP, kGraceAfterHalfClose));
  EXPECT_TRUE(has_disconnected(EPOLLERR, milliseconds{1}));
  EXPECT_TRUE(has_disconnected(EPOLLRDHUP | EPOLLHUP, milliseconds{1}));
}

TEST(WaitUnlessPeerDisconnects, EndsWithTheTimeTheStopOrThePeer) {
  const StopSource stop;
  PeerPair pair;
  EXPECT_TRUE(wait_unless_peer_disconnects(pair.ours.get(), stop.token(), milliseconds{1}));
  ::shutdown(pair.theirs.get(), SHUT_WR);
  EXPECT_TRUE(wait_unless_peer_disconnects(pair.ours.get(), stop.token(), milliseconds{1}))
      << "it still wants its answer";
  EXPECT_FALSE(wait_unless_peer_disconnects(pair.ours.get(), stop.token(), hours{1}));
  pair.theirs.reset();
  EXPECT_FALSE(wait_unless_peer_disconnects(pair.ours.get(), stop.token(), milliseconds{500}));
  const PeerPair other;
  stop.request();
  EXPECT_FALSE(wait_unless_peer_disconnects(other.ours.get(), stop.token(), hours{1}));
}

TEST(WaitUnlessPeerDisconnects, DoesNotMindWhatThePeerSends) {
  const StopSource stop;
  const PeerPair pair;
  ASSERT_EQ(::send(pair.theirs.get(), "more", 4, 0), 4);
  EXPECT_TRUE(wait_unless_peer_disconnects(pair.ours.get(), stop.token(), milliseconds{1}));
}

/// Ends the loop when it is woken.
class Sleeper final : public epoll::EpollHandler {
 public:
  explicit Sleeper(epoll::EpollLoop& loop) : loop_(loop) {}
  void on_event(std::uint32_t) override {}
  void on_wake() override {
    ++woken;
    loop_.end();
  }
  int woken = 0;

 private:
  epoll::EpollLoop& loop_;
};

TEST(EpollLoopsSleepers, AreNotWokenWhenTheyAreGone) {
  epoll::EpollLoop loop;
  const auto past = epoll::EpollLoop::Clock::now() - hours{1};
  std::optional<Sleeper> gone(loop);
  Sleeper stays(loop);
  loop.wake_at(past, *gone);
  loop.wake_at(past, stays);
  gone.reset();
  loop.run();
  EXPECT_EQ(stays.woken, 1);
}

TEST(EpollLoopsSleepers, AreWokenOnceAtTheTimeThatWasAskedForLast) {
  epoll::EpollLoop loop;
  const auto past = epoll::EpollLoop::Clock::now() - hours{1};
  Sleeper first(loop), last(loop);
  loop.wake_at(past, first);
  loop.wake_at(epoll::EpollLoop::Clock::now() + hours{1}, first);
  loop.wake_at(past, last);
  loop.run();
  EXPECT_EQ(first.woken, 0);
  EXPECT_EQ(last.woken, 1);
}

/// Fibers on a thread of their own.
class SleepingFiber : public testing::Test {
 protected:
  static void on_fibers(const std::function<void()>& body) {
    std::jthread([&] {
      boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(std::make_shared<fibers::FiberThreadGroup>(1));
      body();
    });
  }
  /// Sleeps on a fiber while `meanwhile` is done to its peer.
  static void sleep(std::chrono::nanoseconds time, bool to_its_end, const std::function<void(PeerPair&)>& meanwhile) {
    on_fibers([&] {
      PeerPair pair;
      boost::fibers::fiber sleeper([&] {
        fibers::FiberDescriptor descriptor(pair.ours.get());
        EXPECT_EQ(descriptor.sleep(time), to_its_end);
        if (!to_its_end) {
          EXPECT_FALSE(descriptor.sleep(time)) << "nor does it begin to sleep again";
        }
      });
      boost::this_fiber::yield();
      meanwhile(pair);
      sleeper.join();
    });
  }
};

TEST_F(SleepingFiber, IsWokenWhenItsPeerLeaves) {
  sleep(hours{1}, false, [](PeerPair& pair) { pair.theirs.reset(); });
}

TEST_F(SleepingFiber, IsWokenWhenItsPeerEndsItsInputLongBeforeItsAnswerIsDue) {
  sleep(hours{1}, false, [](PeerPair& pair) { ::shutdown(pair.theirs.get(), SHUT_WR); });
}

TEST_F(SleepingFiber, SleepsOnForAPeerWhoseAnswerIsDueSoon) {
  sleep(milliseconds{20}, true, [](PeerPair& pair) { ::shutdown(pair.theirs.get(), SHUT_WR); });
}

TEST_F(SleepingFiber, DoesNotMindWhatThePeerSends) {
  sleep(milliseconds{20}, true, [](PeerPair& pair) { EXPECT_EQ(::send(pair.theirs.get(), "more", 4, 0), 4); });
}

TEST(DisconnectWatch, WatchesAtALaterWaitWhomItCouldNotWatchAtTheFirst) {
  boost::asio::io_context io;
  asio::DisconnectWatch watch(io);
  PeerPair pair;
  asio::DisconnectWatch::Peer peer;
  asio::LoopTimer timer(io);
  timer.expires_after(hours{1});
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none{0, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool stayed = peer.cancel_timer_on_disconnect(watch, pair.ours.get(), timer);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_TRUE(stayed) << "nobody has looked";

  timer.expires_after(hours{1});
  EXPECT_TRUE(peer.cancel_timer_on_disconnect(watch, pair.ours.get(), timer));
  asio::error_code result;
  timer.async_wait([&](asio::error_code error) {
    result = error;
    watch.end();
  });
  pair.theirs.reset();
  io.run_for(std::chrono::seconds{10});
  EXPECT_EQ(result, boost::asio::error::operation_aborted);
}

}  // namespace
}  // namespace bakeoff::models

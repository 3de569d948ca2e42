// Fibers that wait for descriptors, on a thread of their own for each test.
#include "models/fiber_scheduler.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "models/fiber_stream.h"

namespace bakeoff {
namespace {

using boost::fibers::fiber;

/// Runs the body on a new thread whose fibers the scheduler schedules.
void on_fibers(const std::function<void()>& body) {
  std::thread([&] {
    boost::fibers::use_scheduling_algorithm<FiberScheduler>();
    body();
  }).join();
}

struct Pair {
  Pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
      throw std::runtime_error("socketpair");
    here.reset(ends[0]);
    there.reset(ends[1]);
  }
  Descriptor here, there;
};

TEST(FiberScheduler, SuspendsAFiberUntilItsDescriptorIsReadable) {
  on_fibers([] {
    Pair pair;
    std::string order;
    fiber reader([&] {
      Pauses pauses;
      FiberStream stream(pair.here.get(), pauses);
      std::array<char, 16> bytes;
      order += "r";
      EXPECT_EQ(stream.read(bytes), 2);
      order += "R";
    });
    boost::this_fiber::yield();
    order += "w";
    EXPECT_EQ(send_some(pair.there.get(), "hi"), 2);
    reader.join();
    EXPECT_EQ(order, "rwR");
  });
}

TEST(FiberScheduler, SeesTheEndThatCameTogetherWithTheLastBytes) {
  on_fibers([] {
    Pair pair;
    send_some(pair.there.get(), "last");
    pair.there.reset();
    Pauses pauses;
    FiberStream stream(pair.here.get(), pauses);
    std::array<char, 16> bytes;
    EXPECT_EQ(stream.read(bytes), 4);
    EXPECT_EQ(stream.read(bytes), 0) << "a short read must not hide the end of input";
  });
}

TEST(FiberScheduler, TakesTheRepliesOverWhenAWriteMustWait) {
  on_fibers([] {
    Pair pair;
    Pauses pauses;
    std::string shared(16 * 1024 * 1024, 'x');
    const std::size_t whole = shared.size();
    std::size_t received = 0;
    fiber writer([&] {
      FiberStream stream(pair.here.get(), pauses);
      EXPECT_TRUE(stream.write(shared));
      ::shutdown(pair.here.get(), SHUT_WR);
    });
    boost::this_fiber::yield();
    EXPECT_TRUE(shared.empty()) << "the writer waits, and others use the string";
    shared = "others'";
    FiberStream reader(pair.there.get(), pauses);
    std::array<char, 16384> bytes;
    for (std::ptrdiff_t n; (n = reader.read(bytes)) > 0;) received += static_cast<std::size_t>(n);
    writer.join();
    EXPECT_EQ(received, whole);
    EXPECT_EQ(shared, "others'");
  });
}

TEST(FiberScheduler, LetsAReaderThatNeverRunsDryGiveWayToOthers) {
  on_fibers([] {
    Pair pair;
    Pauses pauses;
    bool other_ran = false;
    send_some(pair.there.get(), std::string(4096, 'x'));
    FiberStream stream(pair.here.get(), pauses);
    fiber other([&] { other_ran = true; });
    std::array<char, 16> bytes;
    for (int i = 0; i < 64 && !other_ran; ++i) EXPECT_EQ(stream.read(bytes), 16);
    EXPECT_TRUE(other_ran);
    other.join();
  });
}

TEST(FiberScheduler, SleepsForAtLeastItsTimeAndServesOthersMeanwhile) {
  on_fibers([] {
    Pair pair;
    Pauses pauses;
    const auto begin = std::chrono::steady_clock::now();
    fiber sleeper([&] { EXPECT_TRUE(pauses.sleep(std::chrono::milliseconds{20})); });
    fiber writer([&] { send_some(pair.there.get(), "x"); });
    FiberStream stream(pair.here.get(), pauses);
    std::array<char, 16> bytes;
    EXPECT_EQ(stream.read(bytes), 1);
    sleeper.join();
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{20});
    writer.join();
  });
}

TEST(FiberScheduler, EndsPausesWhenTheStopComes) {
  on_fibers([] {
    Pauses pauses;
    fiber sleeper([&] { EXPECT_FALSE(pauses.sleep(std::chrono::hours{1})); });
    boost::this_fiber::yield();
    pauses.stop();
    sleeper.join();
    EXPECT_TRUE(pauses.stopped());
  });
}

TEST(FiberScheduler, WakesAFiberThatWaitsForNothing) {
  on_fibers([] {
    Pair pair;
    Awaited awaited(pair.here.get());
    fiber waiting([&] { EXPECT_TRUE(awaited.await_readable()); });
    boost::this_fiber::yield();
    awaited.wake();
    waiting.join();
    EXPECT_FALSE(awaited.await_readable()) << "ready for good";
  });
}

TEST(FiberScheduler, ShutsAWaitingReaderDown) {
  on_fibers([] {
    Pair pair;
    Pauses pauses;
    FiberStream stream(pair.here.get(), pauses);
    fiber reader([&] {
      std::array<char, 16> bytes;
      EXPECT_LE(stream.read(bytes), 0);
    });
    boost::this_fiber::yield();
    stream.shut_down();
    reader.join();
  });
}

TEST(FiberScheduler, LetsFibersThrowAndCatchBetweenSwitches) {
  on_fibers([] {
    const auto thrower = [] {
      for (int i = 0; i < 3; ++i) {
        std::string caught;
        try {
          throw std::runtime_error("thrown on a fiber");
        } catch (const std::runtime_error& error) {
          caught = error.what();
        }
        boost::this_fiber::yield();
        EXPECT_EQ(caught, "thrown on a fiber");
      }
    };
    fiber first(thrower), second(thrower);
    first.join();
    second.join();
  });
}

TEST(FiberScheduler, IsWokenByAnotherThread) {
  on_fibers([] {
    boost::fibers::context* main = boost::fibers::context::active();
    std::thread other([&] { main->get_scheduler()->schedule_from_remote(main); });
    main->suspend();
    other.join();
  });
}

}  // namespace
}  // namespace bakeoff

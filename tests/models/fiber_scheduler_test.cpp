// Fibers that wait for descriptors, on a thread of their own for each test.
#include "models/fibers/scheduler.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/future.hpp>
#include <boost/fiber/operations.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "models/fibers/stacks.h"
#include "models/fibers/stream.h"

namespace bakeoff::models {
namespace {

using boost::fibers::fiber;

/// Runs the body on a new thread whose fibers the scheduler schedules.
void on_fibers(const std::function<void()>& body) {
  std::thread([&] {
    boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(std::make_shared<fibers::FiberThreadGroup>(1));
    body();
  }).join();
}

struct SocketPair {
  SocketPair() {
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
    SocketPair pair;
    std::string order;
    fiber reader([&] {
      fibers::FiberStream stream(pair.here.get());
      order += "r";
      EXPECT_EQ(stream.read(), "hi");
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
    SocketPair pair;
    send_some(pair.there.get(), "last");
    pair.there.reset();
    fibers::FiberStream stream(pair.here.get());
    EXPECT_EQ(stream.read(), "last");
    EXPECT_EQ(stream.read(), "") << "a short read must not hide the end of input";
  });
}

TEST(FiberScheduler, SuspendsAWriterUntilThereIsRoom) {
  on_fibers([] {
    SocketPair pair;
    std::string replies(16 * 1024 * 1024, 'x');
    const std::size_t whole = replies.size();
    std::size_t received = 0;
    fiber writer([&] {
      fibers::FiberStream stream(pair.here.get());
      EXPECT_TRUE(stream.write(replies));
      EXPECT_TRUE(replies.empty());
      ::shutdown(pair.here.get(), SHUT_WR);
    });
    boost::this_fiber::yield();
    EXPECT_FALSE(replies.empty()) << "it does not fit";
    fibers::FiberStream reader(pair.there.get());
    for (std::string_view bytes; !(bytes = reader.read()).empty();) received += bytes.size();
    writer.join();
    EXPECT_EQ(received, whole);
  });
}

TEST(FiberScheduler, LetsAReaderThatNeverRunsDryGiveWayToOthers) {
  on_fibers([] {
    SocketPair pair;
    bool other_ran = false;
    fibers::FiberStream stream(pair.here.get());
    fiber other([&] { other_ran = true; });
    for (int i = 0; i < 64 && !other_ran; ++i) {
      send_some(pair.there.get(), "x");
      EXPECT_EQ(stream.read(), "x");
    }
    EXPECT_TRUE(other_ran);
    other.join();
  });
}

TEST(FiberScheduler, SleepsForAtLeastItsTimeAndServesOthersMeanwhile) {
  on_fibers([] {
    SocketPair pair;
    const auto begin = std::chrono::steady_clock::now();
    fiber sleeper([&] { EXPECT_TRUE(fibers::FiberScheduler::current().sleep(std::chrono::milliseconds{20})); });
    fiber writer([&] { send_some(pair.there.get(), "x"); });
    fibers::FiberStream stream(pair.here.get());
    EXPECT_EQ(stream.read(), "x");
    sleeper.join();
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{20});
    writer.join();
  });
}

TEST(FiberScheduler, EndsSleepsWhenTheStopComes) {
  on_fibers([] {
    fibers::FiberScheduler& scheduler = fibers::FiberScheduler::current();
    fiber sleeper([&] { EXPECT_FALSE(scheduler.sleep(std::chrono::hours{1})); });
    boost::this_fiber::yield();
    scheduler.end_sleeps();
    sleeper.join();
    EXPECT_FALSE(scheduler.sleep(std::chrono::hours{1})) << "nor does anybody begin one";
  });
}

TEST(FiberScheduler, WakesAFiberThatWaitsForNothing) {
  on_fibers([] {
    SocketPair pair;
    fibers::FiberDescriptor descriptor(pair.here.get());
    fiber waiting([&] { EXPECT_TRUE(descriptor.await_readable()); });
    boost::this_fiber::yield();
    descriptor.wake();
    waiting.join();
    EXPECT_FALSE(descriptor.await_readable()) << "until somebody takes it";
  });
}

TEST(FiberScheduler, ShutsAWaitingReaderDown) {
  on_fibers([] {
    SocketPair pair;
    fibers::FiberStream stream(pair.here.get());
    fiber reader([&] { EXPECT_EQ(stream.read(), ""); });
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

// ThreadSanitizer keeps a call stack for each thread, and loses its way where a fiber moves to another one.
#ifndef __SANITIZE_THREAD__

/// Another thread that carries the fibers of the group until it is told to go.
class CarrierThread {
 public:
  explicit CarrierThread(const std::shared_ptr<fibers::FiberThreadGroup>& group)
      : thread_([this, group] {
          boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
          boost::fibers::future<void> told = go_.get_future();
          here_.set_value();
          told.wait();
        }) {
    here_.get_future().wait();
  }
  // set_value() throws only when it is called twice.
  ~CarrierThread() {  // NOLINT(bugprone-exception-escape)
    go_.set_value();
    thread_.join();
  }
  std::thread::id id() const { return thread_.get_id(); }

 private:
  boost::fibers::promise<void> go_;
  std::promise<void> here_;
  std::thread thread_;
};

void on_two_threads(const std::function<void(std::thread::id other)>& body) {
  std::thread([&] {
    const auto group = std::make_shared<fibers::FiberThreadGroup>(2);
    boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
    const CarrierThread carrier(group);
    body(carrier.id());
  }).join();
}

TEST(FiberThreadGroup, AReadyFiberGoesOnOnAnotherThreadWhenItsOwnIsBusy) {
  on_two_threads([](std::thread::id other) {
    SocketPair pair;
    std::atomic<bool> moved{false};
    fiber reader([&] {
      fibers::FiberStream stream(pair.here.get());
      EXPECT_EQ(stream.read(), "x");
      moved = std::this_thread::get_id() == other;
    });
    boost::this_fiber::yield();
    send_some(pair.there.get(), "x");
    while (!moved) continue;  // The thread is busy, and nobody else could run the fiber.
    reader.join();
  });
}

TEST(FiberThreadGroup, ASleeperGoesOnOnAnotherThreadWhenItsOwnIsBusy) {
  on_two_threads([](std::thread::id other) {
    std::atomic<bool> moved{false};
    fiber sleeper([&] {
      EXPECT_TRUE(fibers::FiberScheduler::current().sleep(std::chrono::milliseconds{5}));
      moved = std::this_thread::get_id() == other;
    });
    boost::this_fiber::yield();
    while (!moved) continue;
    sleeper.join();
  });
}

TEST(FiberThreadGroup, AFiberThatIsReadyBesideABusyOneIsStolen) {
  on_two_threads([](std::thread::id) {
    SocketPair pair;
    // Two events in one look: whichever thread sees them runs the busy one first, and the other fiber needs a thief.
    std::atomic<bool> light_ran{false};
    std::atomic<int> waiting{0};
    const auto wait_for_bytes = [&](int end) {
      fibers::FiberStream stream(end);
      ++waiting;
      return stream.read();
    };
    fiber busy([&] {
      EXPECT_EQ(wait_for_bytes(pair.here.get()), "x");
      while (!light_ran) continue;
    });
    fiber light([&] {
      EXPECT_EQ(wait_for_bytes(pair.there.get()), "x");
      light_ran = true;
    });
    while (waiting != 2) boost::this_fiber::yield();
    send_some(pair.there.get(), "x");
    send_some(pair.here.get(), "x");
    busy.join();
    light.join();
  });
}

TEST(FiberThreadGroup, ManyFibersOfTwoThreadsLoseNoByteAndNoWakeUp) {
  on_two_threads([](std::thread::id) {
    constexpr int kPairs = 40, kRounds = 200;
    std::deque<SocketPair> pairs(kPairs);
    std::vector<fiber> fibers;
    std::atomic<int> right{0};
    const auto play = [&](int end, bool serves) {
      fibers::FiberStream stream(end);
      for (int round = 0; round < kRounds; ++round) {
        std::string ball = std::to_string(round);
        if (serves) stream.write(ball);
        if (stream.read() == std::to_string(round)) ++right;
        if (round % 50 == 0) fibers::FiberScheduler::current().sleep(std::chrono::microseconds{100});
        if (!serves) stream.write(ball);
      }
    };
    for (SocketPair& pair : pairs) {
      fibers.emplace_back([&] { play(pair.here.get(), true); });
      fibers.emplace_back([&] { play(pair.there.get(), false); });
    }
    for (fiber& each : fibers) each.join();
    EXPECT_EQ(right, 2 * kPairs * kRounds);
  });
}

#endif

TEST(FiberStacks, HaveAGuardPageAndAreUsedAgain) {
  fibers::FiberStacks stacks(64 * 1024, 8);
  const auto first = stacks.allocate();
  auto* const lowest = static_cast<char*>(first.sp) - first.size;
  lowest[::sysconf(_SC_PAGESIZE)] = 'x';  // The last of its own bytes.
  EXPECT_DEATH(*static_cast<volatile char*>(lowest) = 'x', "");
  stacks.deallocate(first);
  const auto again = stacks.allocate();
  EXPECT_EQ(again.sp, first.sp);
  stacks.deallocate(again);
  EXPECT_EQ(stacks.first_unguarded(), 0u);
}

TEST(FiberStacks, GoOnWithoutAGuardWhereThereIsNoRoomForMore) {
  fibers::FiberStacks stacks(64 * 1024, 2);
  std::vector<boost::context::stack_context> given;
  for (int i = 0; i < 4; ++i) given.push_back(stacks.allocate());
  EXPECT_EQ(stacks.first_unguarded(), 3u);
  EXPECT_EQ(given[3].size, 64u * 1024);
  EXPECT_GT(given[0].size, 64u * 1024);
  for (const auto& stack : given) stacks.deallocate(stack);

  given.clear();
  for (int i = 0; i < 2; ++i) given.push_back(stacks.allocate());
  const auto unguarded = stacks.allocate();
  stacks.deallocate(unguarded);
  EXPECT_EQ(stacks.allocate().sp, unguarded.sp) << "those without a guard are used again too";
  given.push_back(unguarded);
  for (const auto& stack : given) stacks.deallocate(stack);
}

}  // namespace
}  // namespace bakeoff::models

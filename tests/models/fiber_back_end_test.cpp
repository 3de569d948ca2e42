// How fibers call the back end: what ends their calls when nothing comes.
#include "models/fibers/back_end_client.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "models/net.h"
#include "tests/models/scripted_back_end.h"

namespace bakeoff::models {
namespace {

/// A back end of the Redis protocol that takes connections and says nothing.
class SilentBackEnd : public testing::Test {
 protected:
  workloads::BackEndUse use(std::chrono::milliseconds timeout) {
    return {{.protocol = workloads::BackEndProtocol::redis, .port = listener_.port, .pool = 1, .timeout = timeout},
            tallies_};
  }
  /// Runs the body on a new thread that carries fibers.
  static void on_a_thread_of_fibers(const std::function<void()>& body) {
    std::thread([&] {
      boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(std::make_shared<fibers::FiberThreadGroup>(1));
      body();
    }).join();
  }
  static fibers::FiberStackAllocator stacks() {
    return fibers::FiberStackAllocator(std::make_shared<fibers::FiberStacks>(256UL * 1024, 0));
  }

  const Listener listener_ = listen_on("127.0.0.1", 0);
  workloads::Tallies tallies_;
};

TEST_F(SilentBackEnd, MakesCallsOfFibersLate) {
  on_a_thread_of_fibers([&] {
    const workloads::BackEndUse hasty = use(std::chrono::milliseconds(5));
    fibers::FiberClient client(hasty, stacks());
    std::string first, second;
    boost::fibers::fiber one([&] { first = client.call({1, 3}); }), other([&] { second = client.call({2, 1}); });
    one.join();
    other.join();
    EXPECT_EQ(first, "late");
    EXPECT_EQ(second, "late") << "it has waited for the connection";
    fibers::FiberScheduler::current().end_sleeps();
  });
}

TEST_F(SilentBackEnd, IsCalledNoMoreAfterTheEnd) {
  on_a_thread_of_fibers([&] {
    const workloads::BackEndUse patient = use(std::chrono::hours(1));
    fibers::FiberClient client(patient, stacks());
    std::string under_way, waiting, later;
    boost::fibers::fiber one([&] {
      under_way = client.call({1, 1});
      later = client.call({3, 1});
    });
    boost::fibers::fiber other([&] { waiting = client.call({2, 1}); });
    boost::this_fiber::yield();
    fibers::FiberScheduler::current().end_sleeps();
    client.end();
    one.join();
    other.join();
    EXPECT_TRUE(under_way == "broken" || under_way == "refused") << under_way;
    EXPECT_EQ(waiting, "late");
    EXPECT_EQ(later, "refused") << "nobody would look whether it is late";
  });
}

}  // namespace
}  // namespace bakeoff::models

// Switches that the kernel knows nothing of: between fibers of one thread, by yield or by a channel, and between two
// coroutines that a loop resumes in turn. The thread is pinned, as the parties of the other switches are.
//
// A fiber's yield goes through the scheduler's queue, which with two fibers holds a third: the scheduler's own. A
// coroutine is resumed by a loop, as every event loop does it, and not by the other coroutine: a hand-over is one
// resumption and one suspension.
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/unbuffered_channel.hpp>
#include <coroutine>
#include <exception>
#include <utility>

#include "models/fibers/stacks.h"
#include "models/probes/ping_pong.h"
#include "models/probes/probes.h"

namespace bakeoff::models::probes {
namespace {

constexpr std::size_t kSwitchFiberStackBytes = fibers::kStackFactor * 64 * 1024;

class FiberYield {
 public:
  void wait(Side me) {
    while (turn_ != me) boost::this_fiber::yield();
  }
  void wake(Side whom) { turn_ = whom; }

 private:
  Side turn_ = Side::here;
};

class FiberChannel {
 public:
  void wait(Side me) { token_[me].value_pop(); }
  void wake(Side whom) { token_[whom].push(true); }

 private:
  PerSide<boost::fibers::unbuffered_channel<bool>> token_;
};

template <typename Mechanism>
ProbeResult between_fibers(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  WorkingSet memory(settings, Side::here);
  const double walks_ns = walks_alone_ns(memory, settings);
  Mechanism mechanism;
  PingPongControl control;
  boost::fibers::fiber other(std::allocator_arg, boost::fibers::fixedsize_stack(kSwitchFiberStackBytes),
                             [&] { return_tokens(mechanism, control, settings); });
  ProbeResult result = hand_tokens(mechanism, control, memory, walks_ns, true);
  other.join();
  result.peak_live_units = result.units_created = 1;
  return result;
}

/// A coroutine that suspends after each walk, for ever. It owns its frame.
class Walker {
 public:
  struct promise_type {
    Walker get_return_object() { return Walker(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  Walker(Walker&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}  // For clang 14, which moves it out.
  Walker& operator=(Walker&&) = delete;
  ~Walker() {
    if (handle_) handle_.destroy();
  }

  void resume() const { handle_.resume(); }

 private:
  explicit Walker(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

Walker walk_for_ever(WorkingSet& memory) {
  for (;;) {
    memory.walk();
    co_await std::suspend_always();
  }
}

}  // namespace

ProbeResult probe_switch_fiber_yield(const workloads::Settings& settings) {
  return between_fibers<FiberYield>(settings);
}

ProbeResult probe_switch_fiber_channel(const workloads::Settings& settings) {
  return between_fibers<FiberChannel>(settings);
}

ProbeResult probe_switch_coroutine(const workloads::Settings& settings) {
  pin_to(choose_cpus("same").here);
  WorkingSet memory_here(settings, Side::here), memory_there(settings, Side::there);
  const double walks_ns = walks_alone_ns(memory_here, settings);
  const Walker here = walk_for_ever(memory_here), there = walk_for_ever(memory_there);
  const auto round_trips = [&](std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      here.resume();
      there.resume();
    }
  };
  ProbeResult result = sample_hand_overs(round_trips, usage_of_this_thread, walks_ns);
  result.peak_live_units = result.units_created = 2;
  return result;
}

}  // namespace bakeoff::models::probes

// Lets Boost.Fiber wait for descriptors: a scheduling algorithm that calls epoll_wait() when its thread is idle. Each
// thread of a group has one. A fiber that waits belongs to no thread. It is queued on the thread that sees its event,
// and an idle thread of the group may take it from there; only the fiber that a thread began as stays on it.
//
// How a fiber suspends: it notes what it waits for and calls Boost's suspend(), which asks pick_next() for another
// fiber and is given the dispatcher. The dispatcher's own pick_next() then commits the wait, when the fiber has left
// its stack.
//
// So a fiber may continue on another thread after a wait. It must not suspend inside a catch block, because the C++
// runtime keeps a list of the exceptions being handled per thread. And it must not keep the address of a thread_local
// object across a wait. Compilers do keep the address of errno, which is why would_block() exists.
#pragma once

#include <array>
#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "models/connection.h"
#include "models/fibers/thread_group.h"

namespace bakeoff::models::fibers {

/// Round robin among the fibers of its thread, or those of another thread when there are none.
/// boost::fibers::use_scheduling_algorithm<FiberScheduler>(group) gives one to the calling thread.
class FiberScheduler final : public boost::fibers::algo::algorithm {
 public:
  /// Throws std::system_error when the kernel watches no more.
  explicit FiberScheduler(std::shared_ptr<FiberThreadGroup> group);
  FiberScheduler(const FiberScheduler&) = delete;
  FiberScheduler& operator=(const FiberScheduler&) = delete;
  ~FiberScheduler() override;

  /// The scheduler of the calling thread, which must have one. To be asked for again after every wait.
  [[gnu::noinline]] static FiberScheduler& current();

  FiberThreadGroup& group() { return *group_; }
  /// Where the fibers of the thread read. Between two waits only one fiber uses it.
  std::span<char> scratch() { return scratch_; }

  /// Suspends the calling fiber until an event of the descriptor comes, which need not be one of `wanted`.
  void await(DescriptorState& state, std::uint32_t wanted) noexcept;
  /// Suspends it for `time`. False when end_sleeps() came first, or when the peer at `socket` has left, if one is
  /// given.
  bool sleep(std::chrono::nanoseconds time, DescriptorState* peer = nullptr, int socket = -1) noexcept;
  /// Ends all sleeps of the group, and those to come.
  void end_sleeps() noexcept;
  /// Notes events, and makes the fiber that waits for them ready.
  void note_events(DescriptorState& state, std::uint32_t ready) noexcept;

  void awakened(boost::fibers::context* fiber) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override { return dispatcher_ || group_->queued(thread_index_) != 0; }
  void suspend_until(const std::chrono::steady_clock::time_point& until) noexcept override;
  void notify() noexcept override;

 private:
  /// A fiber that is about to leave its stack, and what it waits for.
  struct Suspension {
    boost::fibers::context* fiber = nullptr;
    DescriptorState* state = nullptr;  // Or else a sleep.
    std::uint32_t wanted = 0;
    FiberSleep* sleep = nullptr;
  };
  void suspend_fiber(const Suspension& suspension) noexcept;
  void commit_suspension() noexcept;
  void make_ready(boost::fibers::context& fiber) noexcept;
  void wake_due_sleepers() noexcept;
  void share_surplus() noexcept;
  void poll(std::optional<std::chrono::nanoseconds> max_wait) noexcept;

  std::shared_ptr<FiberThreadGroup> group_;
  std::size_t thread_index_;
  WakeupEvent remote_wakeup_;  // How another thread makes this one look at what Boost.Fiber sent it.
  DescriptorState& remote_wakeup_state_;
  bool remote_wakeup_seen_ = false;               // It was signalled, and Boost.Fiber has not looked yet.
  boost::fibers::context* dispatcher_ = nullptr;  // Boost.Fiber's own fiber, while it is ready.
  Suspension suspension_;
  std::size_t turns_until_poll_ = 0;  // Fibers that have their turn before events are looked for again.
  std::array<char, kReadSize> scratch_;
};

}  // namespace bakeoff::models::fibers

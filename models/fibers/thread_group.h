// What the threads that carry the same fibers share. All descriptors are in one epoll. Every idle thread waits there,
// and the kernel wakes one of them per event. Each thread has a queue of ready fibers, from which idle threads may
// steal. The sleeps are shared too. In a group of one thread the fibers are pinned to it.
#pragma once

#include <atomic>
#include <boost/fiber/context.hpp>
#include <boost/fiber/scheduler.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "models/fibers/timers.h"
#include "models/net.h"

namespace bakeoff::models::fibers {

/// What is known of a descriptor, and the fiber that waits for it. It is used again for another descriptor, and is not
/// freed before its group. So an event that comes late still finds a DescriptorState, and at worst one fiber of the new
/// descriptor reads once and finds nothing.
struct DescriptorState {
  static constexpr std::uint32_t kReadable = 1, kWritable = 2;
  static constexpr std::uint32_t kEnded = 4;  ///< The peer has ended or failed: no further edge may come.

  std::atomic<std::uint32_t> ready{0};
  std::atomic<boost::fibers::context*> waiter{nullptr};
  FiberSleep* sleep = nullptr;  ///< The sleep that the end of this peer would end. Guarded by the lock of FiberTimers.
};

/// Whether another thread may run the fiber. False for the fiber that a thread began as.
bool can_migrate(const boost::fibers::context& fiber);

class FiberThreadGroup {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  explicit FiberThreadGroup(std::size_t threads);
  FiberThreadGroup(const FiberThreadGroup&) = delete;
  FiberThreadGroup& operator=(const FiberThreadGroup&) = delete;

  int epoll() const { return epoll_.get(); }
  FiberTimers& timers() { return timers_; }
  /// The epoll reports these two for the timers and for wake_idle_thread().
  const DescriptorState* timer_state() const { return timer_state_; }
  const DescriptorState* wakeup_state() const { return wakeup_state_; }

  /// The index of a new thread. To be called once per thread.
  std::size_t add_thread() { return threads_added_.fetch_add(1); }

  /// From now on the epoll reports `events` of the descriptor, with this state. Throws std::system_error when the
  /// kernel watches no more.
  DescriptorState& watch(int fd, std::uint32_t events);
  void unwatch(int fd, DescriptorState& state) noexcept;
  /// A state of no descriptor: what a fiber waits for is noted by another one. It may be woken for no reason.
  DescriptorState& take_state();
  void give_back_state(DescriptorState& state) noexcept;

  /// Puts a fiber at the end of the queue of the thread `thread_index`. For a fiber that cannot leave its thread, only
  /// that thread may do it.
  void push(std::size_t thread_index, boost::fibers::context& fiber) noexcept;
  /// The next fiber for the thread `thread_index`: the oldest of its own queue, or else the oldest of another queue.
  boost::fibers::context* pop(std::size_t thread_index) noexcept;
  std::size_t queued(std::size_t thread_index) const {
    return queues_[thread_index].length.load(std::memory_order_relaxed);
  }

  /// To be called by a thread that is about to wait in the epoll. False when there is a fiber to steal after all.
  bool begin_idle() noexcept;
  void end_idle() noexcept { --idle_threads_; }
  /// Wakes an idle thread, if there is one and the last wakeup has been seen.
  void wake_idle_thread() noexcept;
  void wakeup_seen() noexcept { wakeup_sent_ = false; }

 private:
  struct Queue {
    std::mutex mutex;
    boost::fibers::scheduler::ready_queue_type fibers;
    std::atomic<std::size_t> length{0};
    std::atomic<std::size_t> movable{0};  // How many of them may change their thread.
  };
  static boost::fibers::context* take(Queue& queue, bool stealing) noexcept;
  DescriptorState& unused_state();

  Descriptor epoll_;
  WakeupEvent wakeup_;  // Edge-triggered: each signal wakes one.
  FiberTimers timers_;
  std::vector<Queue> queues_;
  std::atomic<std::size_t> threads_added_{0};
  std::atomic<std::size_t> idle_threads_{0};
  std::atomic<bool> wakeup_sent_{false};  // There is an event of wakeup_ that no thread has seen yet.

  std::mutex states_mutex_;
  std::deque<DescriptorState> states_;
  std::vector<DescriptorState*> unused_states_;
  const DescriptorState* timer_state_ = nullptr;
  const DescriptorState* wakeup_state_ = nullptr;
};

}  // namespace bakeoff::models::fibers

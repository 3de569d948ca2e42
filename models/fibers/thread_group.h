// What the threads that carry the same fibers share: one epoll for all descriptors, in which every idle thread waits
// and of which the kernel wakes one; a queue of ready fibers for each thread, from which an idle one may steal; the
// sleeps. A group of one thread is how fibers are pinned.
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

/// What is known of a descriptor, and the fiber that waits for it. One is used again for another descriptor and never
/// freed before its group, so that an event which comes late finds a DescriptorState: then somebody looks once in vain.
struct DescriptorState {
  static constexpr std::uint32_t kReadable = 1, kWritable = 2;
  static constexpr std::uint32_t kEnded = 4;  ///< The peer has ended or failed: no further edge may come.

  std::atomic<std::uint32_t> ready{0};
  std::atomic<boost::fibers::context*> waiter{nullptr};
  FiberSleep* sleep = nullptr;  ///< That its end would end. The timers' (timers.h), under their lock.
};

/// Whether another thread may run it: not those that threads began as.
bool can_migrate(const boost::fibers::context& fiber);

class FiberThreadGroup {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  explicit FiberThreadGroup(std::size_t threads);
  FiberThreadGroup(const FiberThreadGroup&) = delete;
  FiberThreadGroup& operator=(const FiberThreadGroup&) = delete;

  int epoll() const { return epoll_.get(); }
  FiberTimers& timers() { return timers_; }
  /// What these two events are told by.
  const DescriptorState* timer_state() const { return timer_state_; }
  const DescriptorState* wakeup_state() const { return wakeup_state_; }

  /// The index of a new thread. Not more often than there are threads.
  std::size_t add_thread() { return threads_added_.fetch_add(1); }

  /// Has `events` of the descriptor noted. Throws std::system_error when the kernel watches no more.
  DescriptorState& watch(int fd, std::uint32_t events);
  void unwatch(int fd, DescriptorState& state) noexcept;

  /// Puts a fiber at the end of the queue of the thread `thread_index`. One that cannot leave its thread is put there by
  /// that thread only.
  void push(std::size_t thread_index, boost::fibers::context& fiber) noexcept;
  /// The next fiber for the thread `thread_index`: the oldest of its own queue, or else the oldest of another's.
  boost::fibers::context* pop(std::size_t thread_index) noexcept;
  std::size_t queued(std::size_t thread_index) const { return queues_[thread_index].length.load(std::memory_order_relaxed); }

  /// To be called by a thread that is about to wait in the epoll. False when there is something to steal after all.
  bool begin_idle() noexcept;
  void end_idle() noexcept { --idle_threads_; }
  /// Wakes one of those who rest, if there are any and the last call has been heard.
  void wake_idle_thread() noexcept;
  void wakeup_seen() noexcept { wakeup_sent_ = false; }

 private:
  struct Queue {
    std::mutex mutex;
    boost::fibers::scheduler::ready_queue_type fibers;
    std::atomic<std::size_t> length{0};
    std::atomic<std::size_t> movable{0};  // Those of them that may change their thread.
  };
  static boost::fibers::context* take(Queue& queue, bool stealing) noexcept;

  Descriptor epoll_;
  WakeupEvent wakeup_;  // Edge-triggered: each signal wakes one.
  FiberTimers timers_;
  std::vector<Queue> queues_;
  std::atomic<std::size_t> threads_added_{0};
  std::atomic<std::size_t> idle_threads_{0};
  std::atomic<bool> wakeup_sent_{false};  // There is an event of wakeup_ that nobody has seen yet.

  std::mutex states_mutex_;
  std::deque<DescriptorState> states_;
  std::vector<DescriptorState*> unused_states_;
  const DescriptorState* timer_state_ = nullptr;
  const DescriptorState* wakeup_state_ = nullptr;
};

}  // namespace bakeoff::models::fibers

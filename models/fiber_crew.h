// What the threads that carry the same fibers share: one epoll for all descriptors, in which every idle thread waits
// and of which the kernel wakes one; a queue of ready fibers for each thread, from which an idle one may steal; the
// sleeps. A crew of one thread is how fibers are pinned.
#pragma once

#include <atomic>
#include <boost/fiber/context.hpp>
#include <boost/fiber/scheduler.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "models/fiber_timers.h"
#include "models/net.h"

namespace bakeoff {

/// What is known of a descriptor, and the fiber that waits for it. One is used again for another descriptor and never
/// freed before its crew, so that an event which comes late finds an Interest: then somebody looks once in vain.
struct Interest {
  static constexpr std::uint32_t kReadable = 1, kWritable = 2;
  static constexpr std::uint32_t kOver = 4;  ///< The peer has ended or failed: no further edge may come.

  std::atomic<std::uint32_t> ready{0};
  std::atomic<boost::fibers::context*> waiter{nullptr};
  FiberSleep* sleep = nullptr;  ///< That its end would end. The timers' (fiber_timers.h), under their lock.
};

/// Whether another thread may run it: not those that threads began as.
bool may_leave(const boost::fibers::context& fiber);

class FiberCrew {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  explicit FiberCrew(std::size_t threads);
  FiberCrew(const FiberCrew&) = delete;
  FiberCrew& operator=(const FiberCrew&) = delete;

  int epoll() const { return epoll_.get(); }
  FiberTimers& timers() { return timers_; }
  /// What these two events are told by.
  const Interest* clock() const { return clock_; }
  const Interest* help() const { return help_interest_; }

  /// A new thread's place. Not more often than there are threads.
  std::size_t join() { return joined_.fetch_add(1); }

  /// Has `events` of the descriptor noted. Throws std::system_error when the kernel watches no more.
  Interest& watch(int fd, std::uint32_t events);
  void forget(int fd, Interest& interest) noexcept;

  /// Puts a fiber at the end of the queue of the thread at `place`. One that cannot leave its thread is put there by
  /// that thread only.
  void push(std::size_t place, boost::fibers::context& fiber) noexcept;
  /// The next fiber for the thread at `place`: the oldest of its own queue, or else the oldest of another's.
  boost::fibers::context* pop(std::size_t place) noexcept;
  std::size_t queued(std::size_t place) const { return queues_[place].length.load(std::memory_order_relaxed); }

  /// To be called by a thread that is about to wait in the epoll. False when there is something to steal after all.
  bool rest() noexcept;
  void rise() noexcept { --resting_; }
  /// Wakes one of those who rest, if there are any and the last call has been heard.
  void call_help() noexcept;
  void hear_call() noexcept { called_ = false; }

 private:
  struct Queue {
    std::mutex mutex;
    boost::fibers::scheduler::ready_queue_type fibers;
    std::atomic<std::size_t> length{0};
    std::atomic<std::size_t> free{0};  // Those of them that may change their thread.
  };
  static boost::fibers::context* take(Queue& queue, bool as_thief) noexcept;

  Descriptor epoll_;
  Doorbell help_;  // Edge-triggered: each ring wakes one.
  FiberTimers timers_;
  std::vector<Queue> queues_;
  std::atomic<std::size_t> joined_{0};
  std::atomic<std::size_t> resting_{0};
  std::atomic<bool> called_{false};  // There is an event of help_ that nobody has seen yet.

  std::mutex interests_mutex_;
  std::deque<Interest> interests_;
  std::vector<Interest*> unused_interests_;
  const Interest* clock_ = nullptr;
  const Interest* help_interest_ = nullptr;
};

}  // namespace bakeoff

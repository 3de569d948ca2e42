// The order of fibers on one thread: those that become ready have their turn in that order, as with Boost.Fiber's
// round_robin, but a fiber that was set aside for its child goes on first when the child ends or waits. So only one
// branch of a tree of fibers is alive at a time (work-first: Blumofe and Leiserson, "Scheduling Multithreaded
// Computations by Work Stealing", J. ACM 46 (1999) 720-748). If parents queued behind all others, nearly the whole tree
// would be alive.
#pragma once

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/scheduler.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace bakeoff::models::executors {

class WorkFirstScheduler final : public boost::fibers::algo::algorithm {
 public:
  /// Set by a fiber right before it makes another with launch::dispatch, which sets it aside.
  using SpawningFlag = std::shared_ptr<bool>;

  explicit WorkFirstScheduler(SpawningFlag spawning) : spawning_(std::move(spawning)) {}

  void awakened(boost::fibers::context* context) noexcept override {
    if (context->is_context(boost::fibers::type::dispatcher_context)) {
      dispatcher_ = context;
    } else if (*spawning_) {
      *spawning_ = false;
      ready_.push_front(*context);
    } else {
      context->ready_link(ready_);
    }
  }
  boost::fibers::context* pick_next() noexcept override {
    const bool dispatcher_is_due = ready_.empty() || ++picked_ % kDispatcherEvery == 0;
    if (dispatcher_ != nullptr && dispatcher_is_due) return std::exchange(dispatcher_, nullptr);
    if (ready_.empty()) return nullptr;
    boost::fibers::context* next = &ready_.front();
    ready_.pop_front();
    return next;
  }
  bool has_ready_fibers() const noexcept override { return dispatcher_ != nullptr || !ready_.empty(); }

  /// Only called while no fiber is ready. Waits until the first sleeper is due.
  void suspend_until(const std::chrono::steady_clock::time_point& time) noexcept override {
    std::unique_lock lock(mutex_);
    const auto woken = [this] { return woken_; };
    if (time == std::chrono::steady_clock::time_point::max()) {
      wake_.wait(lock, woken);
    } else {
      wake_.wait_until(lock, time, woken);
    }
    woken_ = false;
  }
  void notify() noexcept override {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wake_.notify_all();
  }

 private:
  /// The dispatcher frees the stacks of fibers that have ended. It runs often enough for stacks to be reused while they
  /// are in the cache, and rarely enough for its own switch to cost little.
  static constexpr unsigned kDispatcherEvery = 16;

  SpawningFlag spawning_;
  boost::fibers::context* dispatcher_ = nullptr;
  unsigned picked_ = 0;
  boost::fibers::scheduler::ready_queue_type ready_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
};

}  // namespace bakeoff::models::executors

// The glue that lets Boost.Fiber wait for descriptors: a scheduling algorithm whose idle moment is epoll_wait(). One
// for each thread of a crew; a fiber that waits belongs to none of them, and goes on on the thread that sees the event.
//
// What a fiber must not do, because it may go on on another thread: suspend inside a catch block (the C++ runtime lists
// the exceptions being handled by thread), or keep the address of something thread_local across a wait. A compiler
// keeps errno's: hence would_block().
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
#include "models/fiber_crew.h"

namespace bakeoff {

/// Round robin among the thread's own fibers, and another thread's when it has none.
/// boost::fibers::use_scheduling_algorithm<FiberScheduler>(crew) gives one to the calling thread.
class FiberScheduler final : public boost::fibers::algo::algorithm {
 public:
  /// Throws std::system_error when the kernel watches no more.
  explicit FiberScheduler(std::shared_ptr<FiberCrew> crew);
  FiberScheduler(const FiberScheduler&) = delete;
  FiberScheduler& operator=(const FiberScheduler&) = delete;
  ~FiberScheduler() override;

  /// The calling thread's; it must have one. To be asked again after every wait.
  [[gnu::noinline]] static FiberScheduler& current();

  FiberCrew& crew() { return *crew_; }
  /// Where the thread's fibers read. Between two waits only one fiber uses it.
  std::span<char> scratch() { return scratch_; }

  /// Suspends the calling fiber until an event of the interest, perhaps another than `wanted`.
  void await(Interest& interest, std::uint32_t wanted) noexcept;
  /// Suspends it for that long. False when end_sleeps() came first.
  bool sleep(std::chrono::nanoseconds time) noexcept;
  /// Ends all sleeps of the crew, those to come too.
  void end_sleeps() noexcept;
  /// Notes events, and makes the fiber that waits for them ready.
  void happened(Interest& interest, std::uint32_t ready) noexcept;

  void awakened(boost::fibers::context* fiber) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override { return dispatcher_ || crew_->queued(place_) != 0; }
  void suspend_until(const std::chrono::steady_clock::time_point& until) noexcept override;
  void notify() noexcept override;

 private:
  /// A fiber that is about to leave its stack, and what it waits for.
  struct Leaving {
    boost::fibers::context* fiber = nullptr;
    Interest* interest = nullptr;  // Or else a sleep.
    std::uint32_t wanted = 0;
    FiberSleep* sleep = nullptr;
  };
  void leave(const Leaving& leaving) noexcept;
  void seat() noexcept;
  void make_ready(boost::fibers::context& fiber) noexcept;
  void wake_the_due() noexcept;
  void share() noexcept;
  void poll(std::optional<std::chrono::nanoseconds> patience) noexcept;

  std::shared_ptr<FiberCrew> crew_;
  std::size_t place_;
  Descriptor alarm_;  // An eventfd: how another thread makes this one look at what Boost.Fiber sent it.
  Interest& alarm_interest_;
  boost::fibers::context* dispatcher_ = nullptr;  // While it is ready.
  Leaving leaving_;
  std::size_t until_poll_ = 0;  // Fibers that have their turn before events are looked at again.
  std::array<char, kReadSize> scratch_;
};

/// A descriptor that fibers of the current thread's crew can wait for, one at a time. It must be non-blocking, outlives
/// this, and must not be closed before. Readiness is remembered between waits, so that a request costs no call but the
/// read and the write: the descriptor is registered once, edge-triggered, for everything.
class Awaited {
 public:
  /// Throws std::system_error when the kernel takes no more.
  explicit Awaited(int fd);
  Awaited(const Awaited&) = delete;
  Awaited& operator=(const Awaited&) = delete;
  ~Awaited();

  int fd() const { return fd_; }

  /// Suspends the fiber until there is something to read, the end of input, a failure, or wake(). False when it was so
  /// already and others had no turn.
  bool await_readable() { return await(Interest::kReadable); }
  bool await_writable() { return await(Interest::kWritable); }

  /// To be called before a read: what comes from now on is a new event. Returns what give_back() takes.
  std::uint32_t take_readable() { return take(Interest::kReadable | Interest::kOver); }
  /// The same before a write.
  std::uint32_t take_writable() { return take(Interest::kWritable); }
  /// To be called when there may be more to read, or room for more to write. After a read of fewer bytes than were
  /// asked for there is more only if the end has come with them: is_over().
  void give_back(std::uint32_t taken) { interest_.ready |= taken; }
  static bool is_over(std::uint32_t taken) { return (taken & Interest::kOver) != 0; }

  /// Ends the wait, from another fiber; the descriptor counts as readable.
  void wake() noexcept;

 private:
  bool await(std::uint32_t wanted);
  std::uint32_t take(std::uint32_t what) { return interest_.ready.fetch_and(~what) & what; }

  FiberCrew& crew_;
  Interest& interest_;
  int fd_;
};

/// Whether errno is EAGAIN, on the thread that the fiber is on now.
[[gnu::noinline]] bool would_block() noexcept;

}  // namespace bakeoff

// The glue that lets Boost.Fiber wait for descriptors: a scheduling algorithm whose idle moment is epoll_wait(). One
// for each thread; fibers stay on theirs. A fiber must not suspend inside a catch block: the C++ runtime lists the
// exceptions being handled by thread, and another fiber's handler would end the wrong one.
#pragma once

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/scheduler.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/net.h"

namespace bakeoff {

/// Stacks come from malloc: an idle fiber touches one page or two of it. A guard page would cost 8 us a fiber and two
/// mappings, of which a process may have 65,530; so nothing catches an overflow. AddressSanitizer's frames are larger.
#ifdef __SANITIZE_ADDRESS__
inline constexpr std::size_t kFiberStackBytes = 256 * 1024;
#else
inline constexpr std::size_t kFiberStackBytes = 64 * 1024;
#endif

/// Round robin. boost::fibers::use_scheduling_algorithm<FiberScheduler>() gives one to the calling thread.
class FiberScheduler final : public boost::fibers::algo::algorithm {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  FiberScheduler();

  /// The calling thread's; it must have one.
  static FiberScheduler& current();

  void awakened(boost::fibers::context* fiber) noexcept override;
  boost::fibers::context* pick_next() noexcept override;
  bool has_ready_fibers() const noexcept override { return !ready_.empty(); }
  void suspend_until(const std::chrono::steady_clock::time_point& until) noexcept override;
  void notify() noexcept override;

 private:
  friend class Awaited;
  void poll(std::optional<std::chrono::nanoseconds> patience) noexcept;

  Descriptor epoll_;
  Descriptor alarm_;  // An eventfd: how notify() from another thread ends the wait.
  boost::fibers::scheduler::ready_queue_type ready_;
  bool just_polled_ = false;
};

/// A descriptor that fibers of the current thread can wait for, one at a time. It must be non-blocking, outlives this,
/// and must not be closed before. Readiness is remembered between waits, so that a request costs no call but the read
/// and the write: the descriptor is registered once, edge-triggered, for everything.
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
  bool await_readable() { return await(readable_); }
  bool await_writable() { return await(writable_); }

  /// To be called when a read returned less than was asked for, or EAGAIN: the next bytes will raise a new edge. Once
  /// the peer has hung up there will be none, so the descriptor stays readable.
  void drained() { readable_ = over_; }
  /// The same for a write that returned EAGAIN.
  void filled() { writable_ = over_; }

  /// Ends the wait, from another fiber of the same thread; the descriptor counts as ready for good.
  void wake() noexcept;

 private:
  friend class FiberScheduler;
  bool await(const bool& ready);
  void happened(std::uint32_t events) noexcept;

  FiberScheduler& scheduler_;
  int fd_;
  bool readable_ = false;  // The first event says: a read before it would often be in vain.
  bool writable_ = true;
  bool over_ = false;
  boost::fibers::context* waiter_ = nullptr;
  const bool* awaited_ = nullptr;  // Which of the two flags the waiter waits for.
};

}  // namespace bakeoff

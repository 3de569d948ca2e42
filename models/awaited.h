// A descriptor that fibers wait for.
#pragma once

#include <chrono>
#include <cstdint>

#include "models/fiber_crew.h"

namespace bakeoff {

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

  /// Suspends it for that long. False when all sleeps were ended, or the peer has left: see leaving.h.
  bool sleep(std::chrono::nanoseconds time);

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

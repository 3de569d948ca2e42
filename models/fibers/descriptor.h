// A descriptor that fibers wait for.
#pragma once

#include <chrono>
#include <cstdint>

#include "models/fibers/thread_group.h"

namespace bakeoff::models::fibers {

/// A descriptor that fibers of the current thread's group can wait for, one at a time. It must be non-blocking, outlives
/// this, and must not be closed before. Readiness is remembered between waits, so that a request costs no call but the
/// read and the write: the descriptor is registered once, edge-triggered, for everything.
class FiberDescriptor {
 public:
  /// Throws std::system_error when the kernel takes no more.
  explicit FiberDescriptor(int fd);
  FiberDescriptor(const FiberDescriptor&) = delete;
  FiberDescriptor& operator=(const FiberDescriptor&) = delete;
  ~FiberDescriptor();

  int fd() const { return fd_; }

  /// Suspends the fiber until there is something to read, the end of input, a failure, or wake(). False when it was so
  /// already and others had no turn.
  bool await_readable() { return await(DescriptorState::kReadable); }
  bool await_writable() { return await(DescriptorState::kWritable); }

  /// Suspends it for that long. False when all sleeps were ended, or the peer has left: see peer_disconnect.h.
  bool sleep(std::chrono::nanoseconds time);

  /// To be called before a read: what comes from now on is a new event. Returns what restore() takes.
  std::uint32_t consume_readable() { return consume(DescriptorState::kReadable | DescriptorState::kEnded); }
  /// The same before a write.
  std::uint32_t consume_writable() { return consume(DescriptorState::kWritable); }
  /// To be called when there may be more to read, or room for more to write. After a read of fewer bytes than were
  /// asked for there is more only if the end has come with them: has_ended().
  void restore(std::uint32_t taken) { state_.ready |= taken; }
  static bool has_ended(std::uint32_t taken) { return (taken & DescriptorState::kEnded) != 0; }

  /// Ends the wait, from another fiber; the descriptor counts as readable.
  void wake() noexcept;

 private:
  bool await(std::uint32_t wanted);
  std::uint32_t consume(std::uint32_t what) { return state_.ready.fetch_and(~what) & what; }

  FiberThreadGroup& group_;
  DescriptorState& state_;
  int fd_;
};

/// Whether errno is EAGAIN, on the thread that the fiber is on now.
[[gnu::noinline]] bool would_block() noexcept;

}  // namespace bakeoff::models::fibers

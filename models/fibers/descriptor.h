// A descriptor that fibers wait for.
#pragma once

#include <chrono>
#include <cstdint>

#include "models/fibers/thread_group.h"

namespace bakeoff::models::fibers {

/// A descriptor that fibers of the current thread's group can wait for, one at a time. The caller owns it, and must not
/// close it before this is destroyed. It must be non-blocking. It is registered once, edge-triggered, for all events,
/// and readiness is remembered between waits. So a request costs no system call but the read and the write.
class FiberDescriptor {
 public:
  /// Throws std::system_error when the kernel watches no more.
  explicit FiberDescriptor(int fd);
  FiberDescriptor(const FiberDescriptor&) = delete;
  FiberDescriptor& operator=(const FiberDescriptor&) = delete;
  ~FiberDescriptor();

  int fd() const { return fd_; }

  /// Suspends the calling fiber until there is something to read, the end of input, a failure, or wake(). False when
  /// that was so already, and no other fiber had a turn.
  bool await_readable() { return await(DescriptorState::kReadable); }
  /// The same until there is room to write.
  bool await_writable() { return await(DescriptorState::kWritable); }

  /// Suspends it for `time`. False when all sleeps were ended, or the peer has left: see peer_disconnect.h.
  bool sleep(std::chrono::nanoseconds time);

  /// To be called before a read: from now on the descriptor counts as not readable until a new event comes. Returns
  /// what restore() takes.
  std::uint32_t consume_readable() { return consume(DescriptorState::kReadable | DescriptorState::kEnded); }
  /// The same before a write.
  std::uint32_t consume_writable() { return consume(DescriptorState::kWritable); }
  /// Makes it count as readable or writable again. To be called when there may be more to read, or room for more to
  /// write. After a read of fewer bytes than were asked for there is nothing more, except the end of input where
  /// has_ended().
  void restore(std::uint32_t taken) { state_.ready |= taken; }
  static bool has_ended(std::uint32_t taken) { return (taken & DescriptorState::kEnded) != 0; }

  /// Ends the wait of another fiber: the descriptor counts as readable.
  void wake() noexcept;

 private:
  bool await(std::uint32_t wanted);
  std::uint32_t consume(std::uint32_t what) { return state_.ready.fetch_and(~what) & what; }

  FiberThreadGroup& group_;
  DescriptorState& state_;
  int fd_;
};

/// Whether errno is EAGAIN, on the thread that runs the fiber now (see scheduler.h).
[[gnu::noinline]] bool would_block() noexcept;

}  // namespace bakeoff::models::fibers

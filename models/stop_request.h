// What a signal handler can do for a stop, beside making the StopToken readable.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cerrno>

namespace bakeoff::models {

/// Set by the process's signal handler, beside the StopToken. A computation looks at this, because the longest work
/// that a request may ask for takes longer than a stop may, and polling the token would cost a system call each time.
inline std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);

/// In models whose process serves one connection at a time, the socket of that connection; -1 elsewhere. The signal
/// handler shuts it down, so that the StopToken need not be looked at between two reads.
inline std::atomic<int> socket_to_shut_down{-1};
static_assert(std::atomic<int>::is_always_lock_free);

/// Sets socket_to_shut_down for as long as it lives. Look at stop_requested once it is set: the stop may have come just
/// before.
class ShutDownOnStop {
 public:
  explicit ShutDownOnStop(int socket) { socket_to_shut_down = socket; }
  ShutDownOnStop(const ShutDownOnStop&) = delete;
  ShutDownOnStop& operator=(const ShutDownOnStop&) = delete;
  ~ShutDownOnStop() { socket_to_shut_down = -1; }
};

/// What a signal handler does for a stop, beside making the StopToken readable.
inline void request_stop_from_signal() noexcept {
  const int saved = errno;
  stop_requested = true;
  if (const int socket = socket_to_shut_down; socket >= 0) ::shutdown(socket, SHUT_RDWR);
  errno = saved;
}

}  // namespace bakeoff::models

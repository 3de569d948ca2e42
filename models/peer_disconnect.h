// Whether a peer has left while its request waits. Its socket is not read during the wait, so without this check the
// server would not notice before the wait is over, and would hold a thread, a process or a descriptor for nothing, for
// up to a minute.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>

#include "models/net.h"

namespace bakeoff::models {

/// A peer that has ended only its output (a half-close) cannot be told from one that has closed the connection and
/// gone. So after the end of input a reply that is due within this time is still sent. A peer that would have to wait
/// longer counts as gone.
inline constexpr std::chrono::seconds kGraceAfterHalfClose{1};

/// The events that report a peer's end. poll() has the same.
inline constexpr std::uint32_t kDisconnectEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

/// `events` are those that the peer's socket has reported so far, `remaining` is how long it would still have to wait.
/// A peer that has reset the connection has left.
inline bool has_disconnected(std::uint32_t events, std::chrono::nanoseconds remaining) {
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) return true;
  return (events & EPOLLRDHUP) != 0 && remaining > kGraceAfterHalfClose;
}

/// The same, for the events that the socket reports now.
bool has_disconnected_by_now(int socket, std::chrono::nanoseconds remaining);

/// Blocks the thread for `time`. False when the stop came first, or the peer has left.
bool wait_unless_peer_disconnects(int socket, const StopToken& stop, std::chrono::nanoseconds time);

}  // namespace bakeoff::models

// Whether a peer has left while its request waits. Nobody reads from it meanwhile, so nobody would find out before the
// wait is over, and a minute is long for a thread, a process or a descriptor to be held for nobody.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>

#include "models/net.h"

namespace bakeoff::models {

/// The peer of one that has only ended its input looks the same as one that has closed the connection and gone. What is
/// due within this time is answered all the same; whose wait would take longer, has left.
inline constexpr std::chrono::seconds kGraceAfterHalfClose{1};

/// The events by which a peer's end is seen. poll() has the same.
inline constexpr std::uint32_t kDisconnectEvents = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

/// By what has been seen of it so far, and how long it would still have to wait. One that has reset has left.
inline bool has_disconnected(std::uint32_t events, std::chrono::nanoseconds remaining) {
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) return true;
  return (events & EPOLLRDHUP) != 0 && remaining > kGraceAfterHalfClose;
}

/// The same by a look at the socket.
bool has_disconnected_by_now(int socket, std::chrono::nanoseconds remaining);

/// Blocks the thread for `time`. False when the stop came first, or the peer has left.
bool wait_unless_peer_disconnects(int socket, const StopToken& stop, std::chrono::nanoseconds time);

}  // namespace bakeoff::models

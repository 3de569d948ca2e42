// epoll_wait() with a time limit in nanoseconds, for everything here that waits for events.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>

namespace bakeoff::load {

/// Waits until there are events, for `left_ns` at most (0 does not wait), and returns those that there are: a part of
/// `buffer`; none too when a signal came. Where epoll_pwait2 (Linux 5.11) is refused it takes two calls, ppoll and
/// epoll_wait, and keeps time as well. Throws std::system_error for whatever else fails, so that no loop goes on
/// waiting for what cannot come.
std::span<epoll_event> wait_for_events(int epoll, std::span<epoll_event> buffer, std::uint64_t left_ns);

}  // namespace bakeoff::load

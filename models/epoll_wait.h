// epoll_wait() with a timeout in nanoseconds.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <optional>
#include <span>

namespace bakeoff::models {

/// Waits until there are events, and returns how many of them it has written; 0 when the time is over or a signal came.
/// No `max_wait`: for ever; zero: not at all. Where epoll_pwait2 (Linux 5.11) is refused it takes two calls, ppoll and
/// epoll_wait, and keeps time as well. Whatever else fails ends the process (failed_wait.h): no loop may go on waiting
/// for what cannot come.
int wait_for_events(int epoll, std::span<epoll_event> events, std::optional<std::chrono::nanoseconds> max_wait);

}  // namespace bakeoff::models

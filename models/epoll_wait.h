// epoll_wait() with a timeout in nanoseconds.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <optional>
#include <span>

namespace bakeoff::models {

/// Waits until there are events, and returns how many of them it has written; 0 when the time is over or a signal came.
/// Without `max_wait` it waits for ever, with zero not at all. Where epoll_pwait2 (Linux 5.11) is refused it makes two
/// calls, ppoll and epoll_wait, which keep time as well. Any other failure ends the process (failed_wait.h): no loop
/// may go on waiting for events that cannot come.
int wait_for_events(int epoll, std::span<epoll_event> events, std::optional<std::chrono::nanoseconds> max_wait);

}  // namespace bakeoff::models

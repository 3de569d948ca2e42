// epoll_wait() with a timeout in nanoseconds.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <optional>
#include <span>

namespace bakeoff {

/// Waits until there are events, and returns how many of them it has written; -1 and errno on failure. No `patience`:
/// for ever; zero: not at all. Before Linux 5.11 it waits whole milliseconds, rounded up.
int wait_for_events(int epoll, std::span<epoll_event> events,
                    std::optional<std::chrono::nanoseconds> patience) noexcept;

}  // namespace bakeoff

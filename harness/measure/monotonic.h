// CLOCK_MONOTONIC in nanoseconds: one clock for all processes of a machine, read without a system call.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>

namespace bakeoff::measure {

inline std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

/// Sleeps until `deadline_ns`. A signal ends the sleep early when `stop` is set by then; with `stop` set already it
/// does not sleep at all. Throws std::system_error.
void sleep_until_ns(std::uint64_t deadline_ns, const std::atomic<bool>& stop);

}  // namespace bakeoff::measure

// CLOCK_MONOTONIC in nanoseconds: one clock for all processes of a machine, read without a system call.
#pragma once

#include <cstdint>
#include <ctime>

namespace bakeoff::load {

inline std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace bakeoff::load

// What a new unit says before anything else: when it began, by the clock that its creator reads too, and where. It lies
// in memory that both share, or comes through a pipe from another program.
#pragma once

#include <sched.h>

#include <cstdint>
#include <ctime>

namespace bakeoff::models::probes {

struct StartReport {
  std::int64_t at_ns = 0;  ///< The time by CLOCK_MONOTONIC.
  int cpu = -1;            ///< -1: nothing has been said.
};

inline std::int64_t monotonic_ns() {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

/// Called by the unit. With a null pointer it does nothing.
inline void report_start(StartReport* report) {
  if (report == nullptr) return;
  report->at_ns = monotonic_ns();
  report->cpu = ::sched_getcpu();
}

}  // namespace bakeoff::models::probes

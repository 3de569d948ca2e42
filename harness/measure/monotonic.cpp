#include "harness/measure/monotonic.h"

#include <cerrno>

#include "harness/measure/system_error.h"

namespace bakeoff::measure {

void sleep_until_ns(std::uint64_t deadline_ns, const std::atomic<bool>& stop) {
  const timespec deadline{static_cast<time_t>(deadline_ns / 1'000'000'000),
                          static_cast<long>(deadline_ns % 1'000'000'000)};
  int code = EINTR;
  while (!stop && code == EINTR) code = ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr);
  if (code != 0 && code != EINTR) throw_system_error("clock_nanosleep", code);
}

}  // namespace bakeoff::measure

// The figures of a latency distribution that a row holds.
#pragma once

#include <cstdint>

namespace bakeoff::stats {

struct LatencySummary {
  double p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0, mean = 0;  ///< Microseconds.
  std::uint64_t count = 0;
};

}  // namespace bakeoff::stats

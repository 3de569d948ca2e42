// A repeated step's time: batches of some milliseconds, each timed as a whole so that reading the clock costs nothing
// that counts, and the median of them, which a disturbance of a few batches does not move.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace bakeoff::models::probes {

struct Sampled {
  double median_ns = 0;     ///< Of one step.
  std::uint64_t steps = 0;  ///< All that were sampled.
};

/// Does so many steps, one after the other.
using Steps = std::function<void(std::uint64_t count)>;

/// How many steps last about 8 ms, or one that lasts longer; finding out warms up as well. At least 1.
std::uint64_t steps_per_batch(const Steps& steps);

/// Batches of `batch` steps for so long, three at least.
Sampled sample_batches(const Steps& steps, std::uint64_t batch, std::chrono::nanoseconds time);

}  // namespace bakeoff::models::probes

// A repeated step's time: batches of some milliseconds, and the median of them. A batch is timed as a whole, so that
// reading the clock costs nothing that counts. The median does not move when a few batches are disturbed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace bakeoff::models::probes {

struct Sampled {
  double median_ns = 0;     ///< The median of one step.
  std::uint64_t steps = 0;  ///< All that were sampled.
};

/// Does that many steps, one after the other.
using Steps = std::function<void(std::uint64_t count)>;

/// How many steps last about 8 ms, at least 1. Finding out warms up as well.
std::uint64_t steps_per_batch(const Steps& steps);

/// Batches of `batch` steps for that long, at least three.
Sampled sample_batches(const Steps& steps, std::uint64_t batch, std::chrono::nanoseconds time);

/// The median of what `batch` returns, which is called for that long and at least three times.
double median_of_batches(const std::function<double()>& batch, std::chrono::nanoseconds time);

}  // namespace bakeoff::models::probes

#include "models/probes/batches.h"

#include <algorithm>
#include <vector>

namespace bakeoff::models::probes {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds time_of(const Steps& steps, std::uint64_t count) {
  const auto begin = Clock::now();
  steps(count);
  return Clock::now() - begin;
}

}  // namespace

std::uint64_t steps_per_batch(const Steps& steps) {
  constexpr std::chrono::nanoseconds kBatch = std::chrono::milliseconds(8);
  for (std::uint64_t count = 1;; count *= 2) {
    const auto took = time_of(steps, count);
    if (took < kBatch / 2) continue;
    // The last doubling lasted for at least half a batch: what is left is a matter of proportion.
    return std::max<std::uint64_t>(
        1, count * static_cast<std::uint64_t>(kBatch.count()) / static_cast<std::uint64_t>(took.count()));
  }
}

Sampled sample_batches(const Steps& steps, std::uint64_t batch, std::chrono::nanoseconds time) {
  constexpr std::size_t kFewest = 3;
  std::vector<double> batches;
  const auto end = Clock::now() + time;
  while (batches.size() < kFewest || Clock::now() < end) {
    batches.push_back(static_cast<double>(time_of(steps, batch).count()) / static_cast<double>(batch));
  }
  const auto middle = batches.begin() + static_cast<std::ptrdiff_t>(batches.size() / 2);
  std::ranges::nth_element(batches, middle);
  return {.median_ns = *middle, .steps = batch * batches.size()};
}

}  // namespace bakeoff::models::probes

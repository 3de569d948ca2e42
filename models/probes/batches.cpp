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
    // The last doubling lasted for at least half a batch: from here on the time is proportional.
    return std::max<std::uint64_t>(
        1, count * static_cast<std::uint64_t>(kBatch.count()) / static_cast<std::uint64_t>(took.count()));
  }
}

Sampled sample_batches(const Steps& steps, std::uint64_t batch, std::chrono::nanoseconds time) {
  std::uint64_t sampled = 0;
  const auto one_batch = [&] {
    sampled += batch;
    return static_cast<double>(time_of(steps, batch).count()) / static_cast<double>(batch);
  };
  const double median_ns = median_of_batches(one_batch, time);
  return {.median_ns = median_ns, .steps = sampled};
}

double median_of_batches(const std::function<double()>& batch, std::chrono::nanoseconds time) {
  constexpr std::size_t kFewest = 3;
  std::vector<double> batches;
  const auto end = Clock::now() + time;
  while (batches.size() < kFewest || Clock::now() < end) batches.push_back(batch());
  const auto middle = batches.begin() + static_cast<std::ptrdiff_t>(batches.size() / 2);
  std::ranges::nth_element(batches, middle);
  return *middle;
}

}  // namespace bakeoff::models::probes

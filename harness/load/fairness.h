// How evenly a load's connections were served: replies and p99 of each.
//
// A full histogram per connection would be 31 KiB. Eight buckets to the octave (a value is known to 6 %) are 0.9 KiB,
// and are kept for at most kMostWithLatency connections. Replies are counted for any number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/load/plan.h"

namespace bakeoff::load {

class FairnessTally {
 public:
  static constexpr std::size_t kMostWithLatency = 2048;
  static constexpr std::uint32_t kLeastReplies = 100;  ///< Below it a connection's p99 is its maximum.

  explicit FairnessTally(std::size_t connections)
      : replies_(connections, 0), buckets_(connections <= kMostWithLatency ? connections * kBuckets : 0, 0) {}

  void record(std::size_t connection, std::uint64_t ns, std::uint32_t count) {
    replies_[connection] += count;
    if (!buckets_.empty()) buckets_[connection * kBuckets + index_of(ns)] += count;
  }

  /// Sums and extremes into `result`.
  void add_to(AgentResult& result, double window_s) const;

 private:
  static constexpr unsigned kBits = 3;
  static constexpr unsigned kLowest = 10;      ///< 1 us; what is faster shares the first octave.
  static constexpr std::size_t kOctaves = 27;  ///< Up to 137 s.
  static constexpr std::size_t kBuckets = kOctaves << kBits;

  static std::size_t index_of(std::uint64_t ns) {
    const std::uint64_t at_least = ns | (std::uint64_t{1} << kLowest);
    const unsigned top = static_cast<unsigned>(std::bit_width(at_least)) - 1;
    const std::size_t index = ((top - kLowest) << kBits) + ((at_least >> (top - kBits)) & ((1U << kBits) - 1));
    return index < kBuckets ? index : kBuckets - 1;
  }
  double p99_us(std::size_t connection) const;

  std::vector<std::uint32_t> replies_;
  std::vector<std::uint32_t> buckets_;
};

}  // namespace bakeoff::load

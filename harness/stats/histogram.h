// Latencies in exact, mergeable buckets: 128 to the octave, so that a value is known to better than 0.8 %.
//
// The layout is that of HdrHistogram (Gil Tene, hdrhistogram.org): values below 256 ns have a bucket each, above that
// each doubling is cut into 128 equal parts. Each thread has one plain histogram, and they are merged afterwards:
// recording is an index and an increment, without atomics, branches on the range or allocation.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/stats/latency_summary.h"

namespace bakeoff::stats {

class Histogram {
 public:
  static constexpr unsigned kSubBucketBits = 7;
  static constexpr std::uint64_t kMaxNs = 100'000'000'000;  ///< 100 s; what is longer is clamped to it and counted.

  Histogram();

  /// Records one latency, or `count` equal ones. About 2 ns; never allocates.
  void record(std::uint64_t ns, std::uint64_t count = 1) noexcept {
    if (ns > kMaxNs) [[unlikely]] {
      ns = kMaxNs;
      clamped_ += count;
    }
    counts_[index_of(ns)] += count;
    sum_ns_ += ns * count;
    if (ns > max_ns_) max_ns_ = ns;
  }

  void merge(const Histogram& other);
  void clear();

  std::uint64_t count() const;
  std::uint64_t clamped() const { return clamped_; }
  std::uint64_t max_ns() const { return max_ns_; }  ///< Exact.
  double mean_ns() const;                           ///< Exact; 0 when empty.

  /// The smallest recorded-bucket value v such that at least `quantile` of the samples are <= v (nearest rank), given
  /// as the middle of its bucket, never above max_ns(). 0 when empty. quantile in [0, 1].
  std::uint64_t value_at_ns(double quantile) const;

  LatencySummary summary_us() const;

  /// Buckets that are not empty, as (index, count), for the side file; and back. restore() throws
  /// std::invalid_argument for an index out of range.
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets() const;
  void restore(std::span<const std::pair<std::uint32_t, std::uint64_t>> buckets, std::uint64_t sum_ns,
               std::uint64_t max_ns, std::uint64_t clamped);
  std::uint64_t sum_ns() const { return sum_ns_; }

  /// The values that share a bucket, the inverse of index_of; and the one that stands for them.
  struct Bounds {
    std::uint64_t low_ns = 0, high_ns = 0;  ///< Both belong to it.
    std::uint64_t middle_ns() const { return low_ns + (high_ns - low_ns + 1) / 2; }
  };
  static Bounds bounds_of(std::size_t index) noexcept;

  static constexpr std::size_t index_of(std::uint64_t ns) noexcept {
    // Keeps the top eight bits: the value is its own index below 256, and each further octave adds 128 parts.
    const unsigned width = static_cast<unsigned>(std::bit_width(ns | 0xFF));
    const unsigned shift = width - kSubBucketBits - 1;
    return (static_cast<std::size_t>(shift) << kSubBucketBits) + static_cast<std::size_t>(ns >> shift);
  }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t sum_ns_ = 0;
  std::uint64_t max_ns_ = 0;
  std::uint64_t clamped_ = 0;
};

}  // namespace bakeoff::stats

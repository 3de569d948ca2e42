// When the first of several units began and when the last one ended, in memory that they share. The time between leaves
// out making and joining the units.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace bakeoff::workloads::jobs {

/// Zeroed memory is a valid one, in which no unit has run yet.
struct RunTimes {
  std::atomic<std::int64_t> first_begin_ns{0}, last_end_ns{0};

  /// `now` is Unit::now().
  void begin(std::chrono::nanoseconds now) {
    std::int64_t first = 0;
    while ((first == 0 || now.count() < first) && !first_begin_ns.compare_exchange_weak(first, now.count())) continue;
  }
  void end(std::chrono::nanoseconds now) {
    std::int64_t last = last_end_ns.load();
    while (last < now.count() && !last_end_ns.compare_exchange_weak(last, now.count())) continue;
  }
  double elapsed_ns() const { return static_cast<double>(last_end_ns.load() - first_begin_ns.load()); }
};

}  // namespace bakeoff::workloads::jobs

// Counts the units that have begun, and the most of them that were alive at one moment. It is lock-free, so that it
// works between threads, and between processes when it lies in shared memory.
#pragma once

#include <atomic>
#include <cstdint>

namespace bakeoff::models {

/// How many units a model has made for serving, and the most of them that were alive at once.
struct UnitCounts {
  std::uint64_t created = 0;
  std::uint64_t peak_live = 0;
};

class LiveCount {
 public:
  /// To be held for as long as the unit lives.
  class Scope {
   public:
    explicit Scope(LiveCount& count) : count_(count) {
      const std::uint64_t live = count_.live_.fetch_add(1, std::memory_order_relaxed) + 1;
      count_.begun_.fetch_add(1, std::memory_order_relaxed);
      std::uint64_t peak = count_.peak_.load(std::memory_order_relaxed);
      while (peak < live && !count_.peak_.compare_exchange_weak(peak, live, std::memory_order_relaxed)) continue;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { count_.live_.fetch_sub(1, std::memory_order_relaxed); }

   private:
    LiveCount& count_;
  };

  std::uint64_t live() const { return live_.load(std::memory_order_relaxed); }
  std::uint64_t begun() const { return begun_.load(std::memory_order_relaxed); }
  std::uint64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  UnitCounts counts() const { return {begun(), peak()}; }

 private:
  std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> live_{0};
  std::atomic<std::uint64_t> peak_{0};
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

}  // namespace bakeoff::models

// A value that is never changed in place: a writer makes a new copy beside it and swings the one pointer that all
// readers follow (read-copy-update, without its deferred freeing: copies are used again). Readers take no lock and
// write nothing. A writer begins again when another writer has swung the pointer meanwhile.
//
// A copy is not read while it is written: the pointer carries a number that grows with every swing, and a reader
// compares it before and after. Each writer has two copies, and never writes to the one that is published.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace bakeoff::workloads::jobs {

/// Zeroed memory is the value 0. May lie in memory that processes share.
class Snapshots {
 public:
  static constexpr std::size_t kMostWriters = 4096;

  std::uint64_t read() const {
    for (;;) {
      const std::uint64_t before = published_.load(std::memory_order_acquire);
      // A reader that sees a copy being rewritten also sees that the pointer was swung before.
      const std::uint64_t value = copies_[before % kCopies].load(std::memory_order_acquire);
      if (published_.load(std::memory_order_relaxed) == before) return value;
    }
  }

 private:
  friend class SnapshotWriter;
  static constexpr std::size_t kCopiesPerWriter = 2;
  static constexpr std::size_t kCopies = kMostWriters * kCopiesPerWriter + 1;  ///< The first is the beginning's.

  /// swings x kCopies + the copy.
  alignas(64) std::atomic<std::uint64_t> published_{0};
  alignas(64) std::array<std::atomic<std::uint64_t>, kCopies> copies_{};
};

/// One writer of at most kMostWriters, each with an index of its own.
class SnapshotWriter {
 public:
  SnapshotWriter(Snapshots& snapshots, std::size_t index)
      : snapshots_(snapshots), first_(1 + index * Snapshots::kCopiesPerWriter) {}

  /// Replaces the value by change(value).
  template <typename Change>
  void replace(const Change& change) {
    const std::size_t copy = first_ + next_;
    next_ = 1 - next_;
    std::uint64_t old = snapshots_.published_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint64_t value = snapshots_.copies_[old % Snapshots::kCopies].load(std::memory_order_relaxed);
      snapshots_.copies_[copy].store(change(value), std::memory_order_release);
      const std::uint64_t fresh = (old / Snapshots::kCopies + 1) * Snapshots::kCopies + copy;
      if (snapshots_.published_.compare_exchange_weak(old, fresh, std::memory_order_acq_rel,
                                                      std::memory_order_acquire)) {
        return;
      }
    }
  }

 private:
  Snapshots& snapshots_;
  std::size_t first_;
  std::size_t next_ = 0;
};

}  // namespace bakeoff::workloads::jobs

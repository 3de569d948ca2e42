// A bound for the replies that have been made and that nobody has read yet, over all connections of a service, in
// whatever processes they are served. Without it each connection is bounded alone, and a few that ask for large values
// and never read take all memory.
//
// What counts is growth: a reply of at most kReplyCap is ordinary and asks nobody. So the usual request pays nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "workloads/catalogue.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads {

class ReplyBudget {
 public:
  /// All claims together are at most `most` bytes. It lies in shared memory, as Tallies do: make it before the fork.
  ReplyBudget(std::size_t most, const ServiceEnvironment& environment);

  /// False, and nothing is taken, when it would be more than there is. Safe from several threads and processes at once;
  /// does not block. What a killed process holds is taken back when somebody else would be refused for it.
  bool take(std::size_t bytes);
  /// By the process that has taken them.
  void give_back(std::size_t bytes);

 private:
  /// What a process holds, and which one it is, in one word, so that both change at once; 0: nobody's. A process that
  /// holds nothing has none. A sum kept beside these could be left wrong by a process that dies between two changes.
  using Share = std::atomic<std::uint64_t>;

  bool try_to_take(std::uint64_t bytes);
  bool add(std::uint64_t bytes);
  std::uint64_t held() const;
  void reclaim_from_dead_processes();

  const std::uint64_t most_;
  const ServiceEnvironment& environment_;
  const std::size_t shares_;  ///< As many as processes can hold a large reply at once.
  SharedMemory memory_;
  std::atomic<std::uint64_t>& in_use_;  ///< No share from here on has ever been taken.
  Share* const first_;
};

/// What one connection has claimed. One caller at a time.
class ReplyClaim {
 public:
  explicit ReplyClaim(ReplyBudget* budget) : budget_(budget) {}
  ReplyClaim(const ReplyClaim&) = delete;
  ReplyClaim& operator=(const ReplyClaim&) = delete;
  ~ReplyClaim() { release(); }

  /// Has it cover a reply of that size. False when there is not so much left; it keeps what it has then.
  bool cover(std::size_t bytes) {
    if (bytes <= bytes_) return true;
    if (!budget_->take(bytes - bytes_)) return false;
    bytes_ = bytes;
    return true;
  }
  /// The reply has been written, or is not going to be.
  void release() {
    if (bytes_ != 0) budget_->give_back(bytes_);
    bytes_ = 0;
  }
  bool empty() const { return bytes_ == 0; }

 private:
  ReplyBudget* budget_;
  std::size_t bytes_ = 0;
};

}  // namespace bakeoff::workloads

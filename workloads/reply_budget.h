// A bound for the replies that have been made and not been read yet, over all connections of a service, in one process
// or in several. Without it each connection has only its own bound, and a few connections that ask for large values and
// never read would take all memory.
//
// Only replies larger than kReplyCap count. So an ordinary request does not touch the budget.
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

  /// False, and nothing is taken, when too little is left. Safe from several threads and processes at once; does not
  /// block. What a killed process held is taken back before another process is refused.
  bool take(std::size_t bytes);
  /// By the process that has taken them.
  void give_back(std::size_t bytes);

 private:
  /// A process and how much it holds, in one word, so that both change at once. 0 is a free share. A process that holds
  /// nothing has none. There is no sum beside the shares: a process that dies between two changes would leave it wrong.
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

  /// Has it cover a reply of that size. False when there is not that much left; it keeps what it has then.
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

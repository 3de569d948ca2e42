// The state of each worker process, and counts of all, in memory that the parent and the workers share. The word is
// Apache's.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "models/shared_array.h"

namespace bakeoff::models::processes {

/// Made by the parent before it forks. Lock-free: a worker may be killed in the middle of anything.
class Scoreboard {
 public:
  enum class WorkerState : std::uint8_t {
    none,      ///< There is no worker in this slot.
    idle,      ///< It waits for a connection.
    busy,      ///< It serves a connection.
    retiring,  ///< It was idle, and the parent has told it to end.
  };
  struct Counts {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> kept_waiting{0};
    std::atomic<std::uint64_t> accept_pauses{0};
    std::atomic<int> accept_error{0};  ///< The errno for which they paused.
  };

  explicit Scoreboard(std::size_t slots) : states_(slots), counts_(1) {}

  /// Changed by the worker in the slot and by the parent.
  std::atomic<WorkerState>& state(std::size_t slot) const { return states_[slot]; }
  Counts& counts() const { return counts_[0]; }

  std::size_t idle() const { return static_cast<std::size_t>(std::ranges::count_if(states_.items(), is_idle)); }
  bool any_idle() const { return std::ranges::any_of(states_.items(), is_idle); }

 private:
  static bool is_idle(const std::atomic<WorkerState>& state) { return state == WorkerState::idle; }
  static_assert(std::atomic<WorkerState>::is_always_lock_free);

  SharedArray<std::atomic<WorkerState>> states_;
  SharedArray<Counts> counts_;
};

}  // namespace bakeoff::models::processes

// The keeping of worker processes: fork them, replace those that die, end them all. Used by the models whose unit is a
// process; what a worker does is theirs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "models/net.h"

namespace bakeoff::models::processes {

/// The parent's view of its workers. Made and used on the only thread of the process; SIGCHLD stays blocked for as
/// long as it lives. Each worker has a slot, from 0 to the most that there may be, which nobody else has while it
/// lives.
class WorkerProcesses {
 public:
  /// A worker's life: called in the child right after fork(), with all signals blocked and SIGKILL due when the parent
  /// dies. When it returns, the worker ends without running destructors, and has not died badly.
  using Work = std::function<void()>;

  /// Workers that are all alike, `wanted` of them: for fork_missing().
  WorkerProcesses(Work work, std::size_t wanted);
  /// Workers that fork_worker() gives their work, at most so many.
  explicit WorkerProcesses(std::size_t most) : WorkerProcesses({}, most) {}
  WorkerProcesses(const WorkerProcesses&) = delete;
  WorkerProcesses& operator=(const WorkerProcesses&) = delete;
  ~WorkerProcesses();

  /// Forks what is missing. False, and errno, at the process limit.
  bool fork_missing();

  /// Forks one more, with the slot free_slot(). False, and errno, at the process limit.
  bool fork_worker(const Work& work);

  /// Waits until a worker has died, `also` (a descriptor, -1 for none) is readable, the stop has come or the time is
  /// over, and reaps the dead. False on stop. Where a worker could not wait any more (failed_wait.h), another in its
  /// slot could not either: disbands, and ends the process the same way.
  bool wait_and_reap(const StopToken& stop, int timeout_ms, int also = -1);

  /// Ends all workers and reaps them: SIGTERM, repeated because it may come just before a worker blocks, and SIGKILL
  /// when the grace is over. Blocks for about that long at most.
  void stop_all();

  bool is_full() const { return size() == pids_.size(); }
  std::size_t size() const { return slots_by_pid_.size(); }
  std::size_t capacity() const { return pids_.size(); }
  std::size_t free_slot() const { return free_slot_; }  ///< The lowest; meaningless when full.
  bool is_alive(std::size_t slot) const { return pids_[slot] != 0; }
  void signal(std::size_t slot, int number) const { ::kill(pids_[slot], number); }  ///< Whose worker must live.
  std::uint64_t created() const { return created_; }
  std::uint64_t failures() const { return failures_; }  ///< By a signal, or with a status other than 0.
  std::uint64_t peak() const { return peak_; }

 private:
  void reap();

  Work work_;
  ::sigset_t previous_mask_{};
  Descriptor child_signals_;
  std::vector<pid_t> pids_;  // By slot; 0 where nobody lives.
  std::unordered_map<pid_t, std::size_t> slots_by_pid_;
  std::size_t free_slot_ = 0;
  std::uint64_t created_ = 0;
  std::uint64_t failures_ = 0;
  bool wait_failed_ = false;
  std::size_t peak_ = 0;
};

/// For a worker that blocks, holding one connection at a time (ShutDownOnStop in connection.h): to be called first in it.
/// It ends by its parent's word only, which is SIGTERM: a terminal sends Ctrl-C to the whole group. Both SIGTERM and
/// SIGUSR1, which says nothing else, end an accept() that blocks; when they come just before it is entered, the parent
/// has to repeat them.
void install_worker_signals();

}  // namespace bakeoff::models::processes

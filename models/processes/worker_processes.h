// The parent's side of worker processes: fork them, reap those that die, stop them all. Used by the models whose unit
// is a process; what a worker does is the model's.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "models/live_count.h"
#include "models/net.h"

namespace bakeoff::models::processes {

/// Made and used on the only thread of the process. SIGCHLD stays blocked for as long as this lives. Each living worker
/// has a slot of its own, a number below capacity().
class WorkerProcesses {
 public:
  /// All that a worker does. It is called in the child right after fork(), with all signals blocked, and the kernel
  /// kills the child when the parent dies. When it returns, the worker ends with status 0 and runs no destructors.
  using Work = std::function<void()>;

  /// `wanted` workers that all do the same `work`: for fork_missing().
  WorkerProcesses(Work work, std::size_t wanted);
  /// At most `most` workers, each of which fork_worker() gives its work.
  explicit WorkerProcesses(std::size_t most) : WorkerProcesses({}, most) {}
  WorkerProcesses(const WorkerProcesses&) = delete;
  WorkerProcesses& operator=(const WorkerProcesses&) = delete;
  ~WorkerProcesses();

  /// Forks the workers that are missing. False, and errno, at the process limit.
  bool fork_missing();

  /// Forks one more worker, into the slot free_slot(). False, and errno, at the process limit.
  bool fork_worker(const Work& work);

  /// Waits until a worker has died, `also` (a descriptor, -1 for none) is readable, the stop has come or the time is
  /// over, and reaps the dead. False on stop. A worker that could not wait any more (failed_wait.h) is not replaced,
  /// because its successor could not wait either: all workers are stopped, and this process ends in the same way.
  bool wait_and_reap(const StopToken& stop, int timeout_ms, int also = -1);

  /// Ends all workers and reaps them. It sends SIGTERM, repeatedly because one may come just before a worker blocks,
  /// and after 1.5 s SIGKILL. Blocks until the last worker has ended.
  void stop_all();

  bool is_full() const { return size() == pids_.size(); }
  std::size_t size() const { return slots_by_pid_.size(); }
  std::size_t capacity() const { return pids_.size(); }
  std::size_t free_slot() const { return free_slot_; }  ///< The lowest; meaningless when full.
  bool is_alive(std::size_t slot) const { return pids_[slot] != 0; }
  void signal(std::size_t slot, int number) const { ::kill(pids_[slot], number); }  ///< Its worker must be alive.
  const UnitCounts& counts() const { return counts_; }
  std::uint64_t failures() const { return failures_; }  ///< Workers that a signal ended, or a status other than 0.

 private:
  void reap();

  Work work_;
  ::sigset_t previous_mask_{};
  Descriptor child_signals_;
  std::vector<pid_t> pids_;  // By slot; 0 where there is no worker.
  std::unordered_map<pid_t, std::size_t> slots_by_pid_;
  std::size_t free_slot_ = 0;
  UnitCounts counts_;
  std::uint64_t failures_ = 0;
  bool wait_failed_ = false;
};

}  // namespace bakeoff::models::processes

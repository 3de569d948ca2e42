// Keeps the number of worker processes within limits on idle ones: prefork's parent.
//
// Who waits: the parent, in poll(). Who owns: this owns the workers; the scoreboard, the limits and the wakeup event
// are the model's.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

#include "models/net.h"
#include "models/processes/scoreboard.h"
#include "models/processes/worker_limits.h"
#include "models/processes/worker_processes.h"

namespace bakeoff::models::processes {

class WorkerSupervisor {
 public:
  /// What the worker in a slot does: see WorkerProcesses::Work. It keeps its state on the scoreboard. Where `limits`
  /// have a spare_min it signals `wakeup` whenever that state changes.
  using WorkInSlot = std::function<void(std::size_t slot)>;

  WorkerSupervisor(WorkInSlot work, std::size_t most, const WorkerLimits& limits, const Scoreboard& scoreboard,
                   const WakeupEvent& wakeup)
      : work_(std::move(work)), limits_(limits), scoreboard_(scoreboard), wakeup_(wakeup), workers_(most) {}

  /// Makes the workers that are missing and tells superfluous ones to end. Does not wait for them.
  void adjust_workers();

  /// Waits until there is something to adjust. False on stop.
  bool wait_and_reap(const StopToken& stop);

  WorkerProcesses& workers() { return workers_; }
  const AcceptPauses& pauses() const { return pauses_; }
  int fork_error() const { return fork_error_; }  ///< The errno for which a worker could not be made, or 0.

 private:
  WorkInSlot work_;
  const WorkerLimits& limits_;
  const Scoreboard& scoreboard_;
  const WakeupEvent& wakeup_;
  WorkerProcesses workers_;
  AcceptPauses pauses_;
  int fork_error_ = 0;
  bool nothing_to_retry_ = true;
};

}  // namespace bakeoff::models::processes

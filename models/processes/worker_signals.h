// How a worker process is stopped. Its parent sends SIGTERM. SIGINT is ignored, because a terminal sends Ctrl-C to the
// whole process group.
#pragma once

#include "models/net.h"
#include "models/stop_signals.h"

namespace bakeoff::models::processes {

/// For a worker that blocks and holds one connection at a time (ShutDownOnStop in stop_request.h): to be called first
/// in it. SIGTERM sets stop_requested and shuts the connection down. SIGUSR1 only ends an accept() that blocks, as
/// SIGTERM does too. A signal that comes just before accept() is entered is lost, so the parent has to repeat it.
void install_blocking_worker_signals();

/// For a worker that waits in a loop: to be made first in it, and kept for as long as it serves. SIGTERM sets
/// stop_requested and makes the token readable.
class LoopWorkerSignals {
 public:
  /// Throws std::system_error when there is no descriptor for it.
  LoopWorkerSignals();
  StopToken stop() const { return stop_.token(); }

 private:
  StopSignals stop_;
};

}  // namespace bakeoff::models::processes

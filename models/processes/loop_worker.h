// What a worker process that runs a loop needs beside its work: an end by its parent's word, and to know which one of
// the workers it is.
#pragma once

#include <cstddef>

#include "models/net.h"

namespace bakeoff::models::processes {

/// To be called once in a new worker: from now on SIGTERM, which is its parent's word, stops it. It sets stop_requested
/// and makes the token readable, for good. SIGINT is ignored: a terminal sends Ctrl-C to the whole group.
/// Throws std::system_error when there is no descriptor for it.
StopToken stop_on_sigterm();

/// Which loop a process is: the lowest number that no other has. A lock holds it, which ends with the process; so one
/// that replaces a dead one takes over its slot, and its listener with all who queue there.
class WorkerSlots {
 public:
  /// Made before the workers. Throws std::system_error.
  WorkerSlots();
  /// In a worker, once. Does not block.
  std::size_t claim() const;

 private:
  Descriptor file_;
};

}  // namespace bakeoff::models::processes

// Which of the workers a process is.
#pragma once

#include <cstddef>

#include "models/net.h"

namespace bakeoff::models::processes {

/// A worker's slot is the lowest number that no other worker has. A file lock holds it, and the lock ends with the
/// process. So a worker that replaces a dead one takes over its slot, and with it the listener and its queue.
class WorkerSlots {
 public:
  /// Made before the workers. Throws std::system_error.
  WorkerSlots();
  /// To be called once in a worker. Does not block.
  std::size_t claim() const;

 private:
  Descriptor file_;
};

}  // namespace bakeoff::models::processes

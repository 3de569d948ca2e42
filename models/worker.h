// What a worker process that runs a loop needs beside its work: an end by its parent's word, and to know which one of
// the workers it is.
#pragma once

#include <cstddef>

#include "models/net.h"

namespace bakeoff {

/// To be called once in a new worker: from now on SIGTERM, which is its parent's word, stops it. It sets told_to_stop
/// and makes the token readable, for good. SIGINT is ignored: a terminal sends Ctrl-C to the whole group.
/// Throws std::system_error when there is no descriptor for it.
StopToken stop_of_this_worker();

/// Which loop a process is: the lowest number that no other has. A lock holds it, which ends with the process; so one
/// that replaces a dead one takes over its place, and its listener with all who queue there.
class Places {
 public:
  /// Made before the workers. Throws std::system_error.
  Places();
  /// In a worker, once. Does not block.
  std::size_t take() const;

 private:
  Descriptor file_;
};

}  // namespace bakeoff

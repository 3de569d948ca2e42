// Shared memory outlives the processes that made it, unless they end in their own way: PostgreSQL has a System V
// segment of some bytes, and files in /dev/shm while its database is made.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>

namespace bakeoff::subjects {

/// The shared memory of processes that are killed: the System V segments that they have made, and the files in /dev/shm
/// that they have mapped or open and that are no older than they are. A process is looked at before it is killed; of
/// one that has ended, only the segments are found.
class LeftSharedMemory {
 public:
  void look_at(pid_t process);
  /// All processes of the group, which is stopped (SIGSTOP), so that it makes no more: the caller kills it next.
  void look_at_group(pid_t leader);
  /// Behind the end of the processes, or before: what others still have attached goes with the last of them.
  void remove() const noexcept;

 private:
  std::set<pid_t> makers_;
  std::set<std::string> files_;
  std::int64_t began_ns_ = std::numeric_limits<std::int64_t>::max();  ///< The first of them, on CLOCK_REALTIME.
};

}  // namespace bakeoff::subjects

// System V shared memory outlives the process that made it: PostgreSQL keeps a segment of some bytes, and removes it
// only when it is stopped in its own way.
#pragma once

#include <sys/types.h>

namespace bakeoff::subjects {

/// Removes the segments that this process has made. For a process that has ended.
void remove_shared_segments_of(pid_t maker) noexcept;

}  // namespace bakeoff::subjects

// Marks descriptors close-on-exec, so that a child does not inherit them.
#pragma once

namespace bakeoff::subjects {

/// Marks every descriptor from `first` on close-on-exec: with close_range (Linux 5.11), or one by one from
/// /proc/self/fd where that is refused. Returns 0 or an errno. Allocates nothing, so that it may be called between fork
/// and exec.
int close_on_exec_from(int first) noexcept;

}  // namespace bakeoff::subjects

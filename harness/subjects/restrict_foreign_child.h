// The limits of a program that is not ours, whatever user it runs as.
#pragma once

#include <cstdint>

namespace bakeoff::subjects {

/// Called in the child between fork and exec: it then leaves no core, writes files of at most so many bytes and for its
/// own user only, and gains no rights by what it starts. A limit that is lower already stays. False with errno.
bool restrict_foreign_child(std::uint64_t most_file_bytes);

}  // namespace bakeoff::subjects

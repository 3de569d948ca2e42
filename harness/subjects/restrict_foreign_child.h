// What a program that is not ours is held to, whoever it runs as.
#pragma once

#include <cstdint>

namespace bakeoff::subjects {

/// For the child, between fork and exec: no core, files of at most so many bytes and for its own user alone, and no
/// rights by what it starts. A limit that is lower already stays. False with errno.
bool restrict_foreign_child(std::uint64_t most_file_bytes);

}  // namespace bakeoff::subjects

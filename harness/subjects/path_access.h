// Which permission keeps a user from a file, or what else keeps a program from being executed, for the sentence that
// says why a server could not be started. Looks at the owner, group and other bits as the kernel does for a user
// without further groups; access lists and security modules are not seen.
#pragma once

#include <filesystem>
#include <string>

#include "harness/subjects/process.h"

namespace bakeoff::subjects {

/// The first folder on the way to `path` that does not let this user through, `path` itself included where that is a
/// folder: "the folder /root is closed to that user (mode 0700, owner 0)". "" when none is seen.
std::string inaccessible_folder(const std::filesystem::path& path, const Identity& who);

/// Why this user cannot execute `program` (absolute): a folder on the way, the file itself, its file system, the
/// machine that it was built for, or the interpreter that its first line names. `said` is what the kernel answered, the
/// end of the sentence where nothing of this is seen.
std::string why_not_executable(const std::filesystem::path& program, const Identity& who, const std::string& said);

}  // namespace bakeoff::subjects

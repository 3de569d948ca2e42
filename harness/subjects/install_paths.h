// Where the parts of bakeoff lie, in a build tree and after `cmake --install`: found from the running executable, so
// that an installed tree can be moved and a call through a symbolic link works.
#pragma once

#include <filesystem>

namespace bakeoff::subjects {

/// The directory of the running executable, symbolic links resolved.
std::filesystem::path executable_directory();

/// bakeoff-subject, beside the running executable. It may be missing: the caller's error names this path.
std::filesystem::path subject_program();

/// The shipped experiments: of the source tree in a build, <prefix>/share/bakeoff/experiments after an install.
std::filesystem::path experiments_directory();

/// The shipped profiles of services: of the source tree in a build, <prefix>/share/bakeoff/profiles after an install.
std::filesystem::path profiles_directory();

/// Recorded results: results/ of the source tree in a build; after an install there need not be any.
std::filesystem::path results_directory();

/// Manifests and configurations of foreign subjects: the source tree's reference/, or <prefix>/share/bakeoff/reference.
std::filesystem::path reference_directory();

}  // namespace bakeoff::subjects

// What was built; the values are written by cmake/version.cmake at every build.
#pragma once

namespace bakeoff {

extern const char* const kVersion;
extern const char* const kCommit;  ///< Abbreviated; "unknown" outside a git checkout.
extern const bool kDirty;          ///< The checkout had changes that were not committed.

}  // namespace bakeoff

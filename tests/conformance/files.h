// The files that subjects of the tests serve, and what their clients expect.
#pragma once

#include <filesystem>

#include "workloads/file_set.h"

namespace bakeoff::conformance {

/// Of 2 MiB, 34,422, 468, 118,572, 61,586 and 1,475 bytes: less than a read takes, and more than a socket does.
inline const workloads::FileSet kFiles{.count = 6, .bytes = "lognormal:30000,2.5", .seed = 17};

/// The root of these files. They are made when this is first called, and gone when the test program ends.
const std::filesystem::path& files_root();

}  // namespace bakeoff::conformance

// The time of day for people, in rows and manifests.
#pragma once

#include <string>

namespace bakeoff::measure {

/// "2026-03-01T12:00:00Z".
std::string utc_now();

}  // namespace bakeoff::measure

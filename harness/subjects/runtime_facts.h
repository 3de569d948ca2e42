// What a runtime's program says of itself in its ready line (workloads/PROTOCOLS.md).
#pragma once

#include <string_view>

#include "harness/journal/trial.h"

namespace bakeoff::subjects {

/// What the line lacks, or says wrongly: it is no JSON, or names another port than `port`. "" when it is right.
std::string what_is_wrong_with_ready(std::string_view line, std::uint16_t port);

/// The facts in a ready line or a job's; what is missing in it, or of the wrong type, is absent. nullopt where it has
/// none.
std::optional<journal::RuntimeFacts> runtime_in(std::string_view line);

}  // namespace bakeoff::subjects

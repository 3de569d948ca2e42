// The questions of `bakeoff decide` on a terminal: what a service does and may cost, one by one. Each has a default,
// which an empty answer takes, and "?" says that nobody knows.
#pragma once

#include <optional>
#include <vector>

#include "harness/decide/profile.h"

namespace bakeoff::commands {

/// Asks on stderr and reads stdin, a line for each answer; an answer that is no value is asked for again, with what is
/// wrong. nullopt at the end of the input or after Ctrl-C.
std::optional<std::vector<decide::ProfileWord>> ask_profile();

}  // namespace bakeoff::commands

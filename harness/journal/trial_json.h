// One row as one line of JSON, and back. Field names are those of trial.h; results/README.md explains each.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/trial.h"

namespace bakeoff {

/// One line without its newline. What is absent is left out; a number that is not finite is left out, never written.
std::string trial_to_json(const Trial& trial);

/// Throws std::invalid_argument in one line: not JSON, no object, a field of the wrong type, a schema that is not
/// known. Fields that are not known are let be.
Trial trial_from_json(std::string_view line);

/// Whether it is one complete JSON value: a line that was cut off is not.
bool is_json(std::string_view text);

}  // namespace bakeoff

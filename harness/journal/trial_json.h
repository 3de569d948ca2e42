// One row as one line of JSON, and back; and rows as a flat table. Field names are those of trial.h; results/README.md
// explains each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/fields.h"
#include "harness/journal/flat_columns.h"
#include "harness/journal/trial.h"

namespace bakeoff::journal {

/// One line without its newline. What is absent is left out; a number that is not finite is left out, never written.
std::string trial_to_json(const Trial& trial);

/// Throws std::invalid_argument in one line: not JSON, no object, a field of the wrong type, a schema that is not
/// known. Unknown fields are ignored.
Trial trial_from_json(std::string_view line);

/// A column for each value that a row has. The rows must outlive the columns.
std::vector<fields::FlatColumn> flat_columns(std::span<const Trial> trials);

/// In which parameters two settings differ, by their names in a row.
std::vector<fields::Difference> differences(const Params& one, const Params& other);

}  // namespace bakeoff::journal

// The keys of a table about its back end: which one, how long ours waits, how many connections, how long a call may
// take.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// Fills table.back_end, whose load has been read. Throws input::InputError.
void read_back_end_section(const input::TomlSection& section, TableSpec& table, const subjects::Inventory& inventory);

}  // namespace bakeoff::experiment

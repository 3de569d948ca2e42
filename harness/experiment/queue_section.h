// The keys of a table whose subjects take jobs from a queue.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {

/// The first fault of what is said about the queue is an InputError. Fills TableSpec::queue; its units have been read.
void read_queue_section(const input::TomlSection& section, TableSpec& table);

/// For any other table: none of the keys that belong to a queue stands in it. Throws InputError.
void refuse_queue_keys(const input::TomlSection& section);

}  // namespace bakeoff::experiment

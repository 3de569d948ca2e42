// The keys of a table about files: how many there are and how large, and what the page cache has of them.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {

/// Fills table.files, whose load and memory_mib have been read. Throws input::InputError.
void read_files_section(const input::TomlSection& section, TableSpec& table);

}  // namespace bakeoff::experiment

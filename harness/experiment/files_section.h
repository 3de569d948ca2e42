// The keys of a table about files and memory: how many files there are and how large, what the page cache has of them,
// and how much memory the subject may have.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {

/// Fills table.files and table.memory_mib, whose load has been read. Throws input::InputError.
void read_files_section(const input::TomlSection& section, TableSpec& table);

}  // namespace bakeoff::experiment

// The keys of a table about memory: how much the subject may have, how much of that its heap, up to which latency a
// load counts as served, and whether its memory is read once more when the load has gone.
#pragma once

#include "harness/experiment/spec.h"
#include "harness/input/toml_section.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// Fills memory_mib, heap_mib, rest_s and p99_limit_ms of a table whose subjects are servers. Throws input::InputError.
void read_memory_section(const input::TomlSection& section, TableSpec& table);

/// Throws input::InputError where the table has heap_mib and one of its subjects has no heap that can be limited.
void expect_heaps(const input::TomlSection& section, const TableSpec& table, const std::vector<std::string>& subjects,
                  const subjects::Inventory& inventory);

/// Why this subject cannot stand in a table with heap_mib; "" where it can, or where the table has none.
std::string why_no_heap(const TableSpec& table, const subjects::Subject& subject);

}  // namespace bakeoff::experiment

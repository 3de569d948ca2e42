// Flat columns (journal/flat_columns.h) as text for programs that read tables: R, pandas, DuckDB. Every digit that the
// rows have is written. Leaves out every judgement: what is void, best or tied is not said here.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "harness/journal/flat_columns.h"

namespace bakeoff::report {

enum class FlatFormat : std::uint8_t {
  csv,   ///< A header and a line per object (csv_record.h). What is unknown is empty; a list is its JSON.
  json,  ///< One document, an array with an object per line. What is unknown is absent; a list is an array.
};

/// All columns are of the same objects. Without columns: "" or an empty array.
std::string flat_text(std::span<const journal::fields::FlatColumn> columns, FlatFormat format);

}  // namespace bakeoff::report

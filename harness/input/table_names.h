// What stands between the brackets of the tables of a TOML file: a name, or the file is refused before toml++ 3.3 sees
// it. There "[=" and "[[#" break an assertion: with assertions the program ends, without them the compiler may rely on
// what does not hold.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace bakeoff::input {

/// Where a name was expected.
struct MissingTableName {
  std::size_t line = 1;
  std::string_view found;  ///< What stands there: the rest of the line.
};

/// The first table of the text whose name does not begin as one can. A text that is no TOML may have others behind what
/// toml++ refuses. Pure; a pass over the text.
std::optional<MissingTableName> find_missing_table_name(std::string_view toml);

}  // namespace bakeoff::input

// Where the columns of a table stand on a terminal. A table that is too wide loses its dispensable columns first. One
// in families (families.h) then has its titles broken and loses spare columns where that makes it fit. Then long names
// of subjects are broken between their settings; what still has no room is continued below, and titles are broken where
// a column would stand alone there. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/table.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report {

/// Between two columns.
inline constexpr std::string_view kTerminalSeparator = "  ";

/// Columns that stand side by side, by their index; the first is the subject.
using ColumnGroup = std::vector<std::size_t>;

/// A cell: numbers stand right-aligned, and what follows them left-aligned behind.
struct TerminalPiece {
  std::string number, suffix;
};

struct TerminalLayout {
  std::vector<std::vector<TerminalPiece>> pieces;  ///< By row, by column.
  std::vector<std::size_t> number, suffix, width;  ///< By column.
  std::vector<std::vector<std::string>> further;   ///< By row: the lines of its subject behind the first.
  std::vector<std::vector<std::string>> titles;    ///< By column, in lines.
  ColumnGroup chosen;                              ///< Those that are shown.
  std::vector<ColumnGroup> parts;                  ///< The chosen ones as they stand below each other.
  ColumnGroup left_out;                            ///< Spare ones for which there is no room.
};

/// Of a table with one column or more, whose texts are plain lines.
TerminalLayout terminal_layout(const Table& table, const TerminalStyle& style);

}  // namespace bakeoff::report

// What the text writers share: the parts of a cell, and widths of UTF-8 text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/report/table.h"

namespace bakeoff::report {

/// Columns that the text takes: every character of ours is one column wide, and escapes for colour take none.
std::size_t display_width(std::string_view text);

/// The first `width` columns, the last of them "…" when something was cut off.
std::string shorten(std::string_view text, std::size_t width);

/// Lines of at most `width` columns, broken at spaces, the second and further ones indented. width 0: one line. A
/// number stays with its unit, and no line begins with the dot between two parts.
std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent);

/// The same lines as one text, each ended, and without spaces at their ends.
std::string wrapped_text(std::string_view text, std::size_t width, std::size_t indent);

/// With its lines joined by spaces: a subject's last words may be several lines.
std::string one_line(std::string text);

/// "a, b and c"
std::string listed(const std::vector<std::string>& parts);

/// What follows the number of a cell: letters, or the interval, "=" for a tie, and the range in brackets. "" or begins
/// with a space.
std::string cell_suffix(const Cell& cell);

}  // namespace bakeoff::report

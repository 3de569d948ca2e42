// What a child has printed into its file. It is read through the descriptor that the file was made with, because the
// name may lead to something else by now. Reads a bounded part, and never waits.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bakeoff::subjects {

/// The last lines of the last `bytes`, as one line of plain text (plain_text.h), "..." before them where there are
/// more; "" when there are none or the descriptor is not of a file.
std::string last_lines(int descriptor, std::size_t bytes = 400);

/// The last `bytes` as they are, from the beginning of a line.
std::string last_text(int descriptor, std::size_t bytes = 1 << 16);

/// The first line, as plain text, of the first `bytes`.
std::string first_line(int descriptor, std::size_t bytes = 200);

/// The first whole line of the first `bytes` that looks like a JSON object with this key, without its end; "" when
/// there is none.
std::string line_with_key(int descriptor, std::string_view key, std::size_t bytes = 1 << 20);

}  // namespace bakeoff::subjects

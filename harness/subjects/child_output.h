// What a child has printed into its file. It is read through the descriptor that the file was made with, because the
// name may lead to something else by now. Reads a bounded part, and never waits.
#pragma once

#include <cstddef>
#include <string>

namespace bakeoff::subjects {

/// The last lines of the last `bytes`, as one line of plain text (plain_text.h), "..." before them where there are
/// more; "" when there are none or the descriptor is not of a file.
std::string last_lines(int descriptor, std::size_t bytes = 400);

/// The first line, as plain text, of the first `bytes`.
std::string first_line(int descriptor, std::size_t bytes = 200);

}  // namespace bakeoff::subjects

// What a child has printed into its file, read through the descriptor that the file was made with: by its name it might
// be something else by now. Bounded, and without waiting, whatever the file has become.
#pragma once

#include <cstddef>
#include <string>

namespace bakeoff::subjects {

/// The last lines of the last `bytes`, as one line of plain text (plain_text.h), "..." before them where there are
/// more; "" where there are none or the descriptor is of no file.
std::string last_lines(int descriptor, std::size_t bytes = 400);

/// The first line, as plain text, of the first `bytes`.
std::string first_line(int descriptor, std::size_t bytes = 200);

}  // namespace bakeoff::subjects

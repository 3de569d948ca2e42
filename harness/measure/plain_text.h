// Text of somebody else (a server's last words, a row of another machine's, the name of a process), made fit to be
// printed: on a terminal a control character is a command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bakeoff::measure {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

/// The UTF-8 character at `at`, which moves behind it. A byte that begins nothing whole is one replacement character.
char32_t take_character(std::string_view text, std::size_t& at);

/// As UTF-8, with a replacement character for each byte that is not, for each control character but tabs and the ends
/// of lines, for what turns the direction of the text around it, and for U+FFFE and U+FFFF, which are no characters.
std::string plain_text(std::string_view text);

/// The same in one line: " | " between the lines of the text, none at its end, and spaces for tabs.
std::string plain_line(std::string_view text);

/// "\"name\"" for a message of one line: quotes and line ends are escaped, and what is longer than 60 bytes is cut.
std::string in_quotes(std::string_view text);

/// As one word of a POSIX shell's command line: in single quotes, unless it has nothing that a shell would read.
std::string shell_word(std::string_view text);

}  // namespace bakeoff::measure

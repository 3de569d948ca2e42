// Files that are read and written as a whole, and the little parsing that those of /proc and /sys need.
#pragma once

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace bakeoff::measure {

/// The whole content; nullopt when it cannot be opened or read to its end (a process that is gone gives ESRCH). errno
/// says why.
std::optional<std::string> read_text(const std::filesystem::path& file);

/// The whole number that a file holds; nullopt when it holds anything else or cannot be read.
std::optional<std::uint64_t> read_number(const std::filesystem::path& file);

/// Replaces what a file of that name holds. Returns what went wrong.
std::error_code write_text(const std::filesystem::path& file, std::string_view text);

/// Without white space at both ends.
std::string_view trimmed(std::string_view text);

/// The number that `text` is, white space around it allowed; nullopt when it is anything else.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  text = trimmed(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

/// Takes the first line off `text` and returns it without its newline.
std::string_view take_line(std::string_view& text);

/// Takes the next word off `text`; "" when there is none.
std::string_view take_word(std::string_view& text);

/// Whether it is among the words of `text`.
bool has_word(std::string_view text, std::string_view word);

/// The word after `key` at the start of a line ("usage_usec 123", "Pss:  12 kB"); nullopt without such a line.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key);

}  // namespace bakeoff::measure

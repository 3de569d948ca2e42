// Small files of /proc and /sys, read whole, and the little parsing that they need.
#pragma once

#include <charconv>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace bakeoff::measure {

/// The whole content; nullopt when it cannot be opened or read to its end (a process that is gone gives ESRCH).
std::optional<std::string> read_text(const std::filesystem::path& file);

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

/// The word after `key` at the start of a line ("usage_usec 123", "Pss:  12 kB"); nullopt without such a line.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key);

}  // namespace bakeoff::measure

// Integers as text: the one form that a number has in a value and in a reply.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bakeoff::workloads {

/// A signed 64-bit number in the form that std::to_chars writes: no plus, no leading zeros, no "-0", no spaces.
/// Anything else is not a number, so that a value which is kept as a number always prints as it was written.
inline std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.empty() || text.size() > 20) return std::nullopt;
  const char first_digit = text[0] == '-' && text.size() > 1 ? text[1] : text[0];
  if (first_digit == '0' && text.size() > 1) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The same for unsigned numbers.
inline std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  if (text.empty() || text.size() > 20 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What a hexadecimal digit stands for; -1 for any other byte.
constexpr int hex_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  const char lower = static_cast<char>(byte | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A number's text in a buffer of its own: no allocation.
class Digits {
 public:
  template <class Integer>
  explicit Digits(Integer number) : size_(std::to_chars(text_, text_ + sizeof text_, number).ptr - text_) {}
  std::string_view view() const { return {text_, static_cast<std::size_t>(size_)}; }

 private:
  char text_[24];
  std::ptrdiff_t size_;
};

}  // namespace bakeoff::workloads

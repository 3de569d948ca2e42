// The grammar that requests and replies of HTTP share (RFC 9110, 5.5 and 5.6): tokens, the content of fields, lists.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace bakeoff::workloads {

namespace http_text {

constexpr std::array<bool, 256> token_bytes() {
  constexpr std::string_view kAll = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::array<bool, 256> known{};
  for (const char byte : kAll) known[static_cast<unsigned char>(byte)] = true;
  return known;
}
constexpr std::array<bool, 256> visible_bytes() {
  std::array<bool, 256> known{};
  for (std::size_t code = 0x21; code < known.size(); ++code) known[code] = code != 0x7f;
  return known;
}
inline constexpr std::array<bool, 256> kToken = token_bytes(), kVisible = visible_bytes();

}  // namespace http_text

/// What methods and the names of fields are made of.
constexpr bool is_token_byte(char byte) {
  return http_text::kToken[static_cast<unsigned char>(byte)];
}
/// Neither a control character nor a blank; bytes above ASCII are taken as they are.
constexpr bool is_visible_byte(char byte) {
  return http_text::kVisible[static_cast<unsigned char>(byte)];
}
/// What a target and a host are sent as: the rest has to be encoded (RFC 3986, 2.1).
constexpr bool is_visible_ascii(char byte) {
  return byte > ' ' && byte <= '~';
}
constexpr bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}
/// What the value of a field is made of.
constexpr bool is_field_byte(char byte) {
  return is_visible_byte(byte) || is_blank(byte);
}

/// `small` is in small letters.
constexpr bool equals_in_any_case(std::string_view text, std::string_view small) {
  return std::equal(text.begin(), text.end(), small.begin(), small.end(), [](char left, char right) {
    return left == right || (left >= 'A' && left <= 'Z' && left + ('a' - 'A') == right);
  });
}

/// Without the characters of `blanks` at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t") {
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  const std::size_t end = text.find_last_not_of(blanks) + 1;  // 0 where there is nothing else.
  return text.substr(begin, end > begin ? end - begin : 0);
}

/// Calls `each` with the elements of a list with commas, in their order; those that are empty do not count.
template <class Each>
constexpr void for_each_element(std::string_view list, Each&& each) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view element = trimmed(list.substr(0, comma));
    if (!element.empty()) each(element);
    list.remove_prefix(std::min(list.size(), comma + 1));
  }
}

}  // namespace bakeoff::workloads

#include "harness/measure/plain_text.h"

#include <algorithm>
#include <cctype>

namespace bakeoff::measure {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool acts(char32_t character) {
  const auto within = [&](char32_t first, char32_t last) { return character >= first && character <= last; };
  const bool turns = within(0x200E, 0x200F) || character == 0x061C || within(0x202A, 0x202E) || within(0x2066, 0x2069);
  // The last are no characters, and not allowed in XML.
  return character < 0x20 || within(0x7F, 0x9F) || within(0x2028, 0x2029) || turns || within(0xFFFE, 0xFFFF);
}

bool ends_line(std::string_view text, std::size_t at) {
  return text[at] == '\n' || text.substr(at, 2) == "\r\n";
}

}  // namespace

char32_t take_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  std::size_t more = 0;
  char32_t character = 0, least = 0;
  if (first >= 0xC2 && first < 0xE0) {
    more = 1, least = 0x80;
    character = first & 0x1FU;
  } else if (first >= 0xE0 && first < 0xF0) {
    more = 2, least = 0x800;
    character = first & 0x0FU;
  } else if (first >= 0xF0 && first < 0xF5) {
    more = 3, least = 0x10000;
    character = first & 0x07U;
  } else {
    return kReplacementCharacter;
  }
  if (at + more > text.size()) return kReplacementCharacter;
  for (std::size_t i = at; i < at + more; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return kReplacementCharacter;
    character = character << 6U | (byte(i) & 0x3FU);
  }
  const bool surrogate = character >= 0xD800 && character < 0xE000;
  if (character < least || character > 0x10FFFF || surrogate) return kReplacementCharacter;
  at += more;
  return character;
}

std::string plain_text(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = take_character(text, at);
    const bool stays = character == '\t' || ends_line(text, begin);
    if (character == kReplacementCharacter || (acts(character) && !stays)) {
      plain += kReplacement;
    } else {
      plain += text.substr(begin, at - begin);
    }
  }
  return plain;
}

std::string plain_line(std::string_view text) {
  std::string line;
  for (const char c : plain_text(text.substr(0, text.find_last_not_of("\r\n") + 1))) {
    if (c == '\n') {
      line += " | ";
    } else if (c != '\r') {
      line += c == '\t' ? ' ' : c;
    }
  }
  return line;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown = "\"";
  for (const char c : text.substr(0, kLongest)) {
    if (c == '"' || c == '\\') shown += '\\';
    if (c == '\n') {
      shown += "\\n";
    } else {
      shown += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return plain_text(shown) + (text.size() > kLongest ? "...\"" : "\"");
}

std::string shell_word(std::string_view text) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("-_./:=,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace bakeoff::measure

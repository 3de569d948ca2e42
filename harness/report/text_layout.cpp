#include "harness/report/text_layout.h"

#include <algorithm>
#include <array>

#include "harness/report/number_format.h"

namespace bakeoff::report {
namespace {

bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// Whether the word that begins here belongs to the one before it: "95 %", "0.6 s", and the dot between two parts.
bool is_never_first(std::string_view rest) {
  constexpr std::array<std::string_view, 9> kSecond{"·", "%", "ns", "us", "ms", "s", "KiB", "MiB", "GiB"};
  std::string_view word = rest.substr(0, rest.find(' '));
  word = word.substr(0, word.find_last_not_of(".,:;)") + 1);
  return std::ranges::find(kSecond, word) != kSecond.end();
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at).starts_with("\x1b[")) {
      at = text.find('m', at);
      if (at == std::string_view::npos) break;
    } else if (begins_character(text[at])) {
      ++width;
    }
  }
  return width;
}

std::string shorten(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t end = 0;
  for (std::size_t columns = 0; end < text.size(); ++end) {
    if (begins_character(text[end]) && ++columns == width) break;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent) {
  if (width == 0 || display_width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines;
  std::string line;
  bool empty = true;  // Except for its indent. A word that is longer than a line gets one of its own.
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find(' ', begin);
    while (end != std::string_view::npos && is_never_first(text.substr(end + 1))) end = text.find(' ', end + 1);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view word = text.substr(begin, end - begin);
    begin = end + 1;
    if (!empty && display_width(line) + 1 + display_width(word) > width) {
      lines.push_back(line);
      line.assign(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  lines.push_back(line);
  return lines;
}

std::string wrapped_text(std::string_view text, std::size_t width, std::size_t indent) {
  std::string lines;
  for (std::string& line : wrap(text, width, indent)) lines += line.erase(line.find_last_not_of(' ') + 1) + "\n";
  return lines;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string listed(const std::vector<std::string>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
  }
  return text;
}

std::string cell_suffix(const Cell& cell) {
  std::string suffix;
  if (!cell.letters.empty()) suffix += " " + cell.letters;
  if (cell.interval) suffix += " " + format_interval(*cell.interval);
  if (cell.tied) suffix += " =";
  if (!cell.range.empty()) suffix += " (" + cell.range + ")";
  return suffix;
}

}  // namespace bakeoff::report

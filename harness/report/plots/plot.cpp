#include "harness/report/plots/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "harness/measure/plain_text.h"

namespace bakeoff::report::plots {
namespace {

bool stays_in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
}

/// One word: pgfplots parts columns by spaces, and reads % and # as TeX does.
std::string word(const std::string& text) {
  std::string out = text.empty() ? "-" : measure::plain_line(text);
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte == 0x7F || c == '%' || c == '#' || c == '\\' || c == '{' || c == '}') c = '_';
  }
  return out;
}

std::string line_of_words(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& one : words) line += (line.empty() ? "" : " ") + word(one);
  return line + "\n";
}

}  // namespace

std::string file_name_of(const std::string& text) {
  std::string name = text;
  std::ranges::replace_if(
      name, [](char c) { return !stays_in_name(c); }, '-');
  // A name that begins with a dot is hidden, and one that begins with a hyphen is an option.
  const auto first = name.find_first_not_of(".-");
  return first == std::string::npos ? "plot" : name.substr(first);
}

std::string data_text(std::optional<double> value) {
  return value && std::isfinite(*value) ? fmt::format("{:.6g}", *value) : "nan";
}

std::string pgf_table(const PlotData& data) {
  std::string out = line_of_words(data.columns);
  for (const std::vector<std::string>& row : data.rows) out += line_of_words(row);
  return out;
}

}  // namespace bakeoff::report::plots

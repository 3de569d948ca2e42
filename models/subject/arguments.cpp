#include "models/subject/arguments.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>
#include <utility>

namespace bakeoff::models::subject {
namespace {

constexpr std::string_view kRepeatable = "--set";

/// Letters to insert, drop or change to make one word of the other (Levenshtein 1966).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string result = "'";
  for (const char c : text.substr(0, kLongest)) result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return result + (text.size() > kLongest ? "...'" : "'");
}

}  // namespace

void apply_settings(const Arguments& arguments, std::string_view whose, workloads::Settings& settings) {
  std::set<std::string, std::less<>> taken;
  for (const std::string& given : arguments.texts("--set")) {
    const auto equals = given.find('=');
    if (equals == given.npos) throw ArgumentError("--set: found '" + given + "', expected NAME=VALUE");
    const std::string_view name = std::string_view(given).substr(0, equals);
    if (!taken.emplace(name).second) {
      throw ArgumentError("--set: found " + std::string(name) + " twice, expected each setting once");
    }
    try {
      settings.set(name, std::string_view(given).substr(equals + 1));
    } catch (const std::invalid_argument& error) {
      throw ArgumentError("--set: " + std::string(whose) + ": " + error.what());
    }
  }
}

ArgumentError unknown_name(std::string_view kind, std::string_view found, std::span<const std::string_view> known) {
  std::string line = "unknown " + std::string(kind) + " " + quoted(found) + ": expected ";
  if (known.empty()) return ArgumentError(line + "none");
  for (const auto& name : known) {
    if (&name != &known.front()) line += &name == &known.back() ? " or " : ", ";
    line += name;
  }
  const auto nearest = std::ranges::min(known, {}, [&](std::string_view name) { return distance(found, name); });
  if (distance(found, nearest) <= std::max<std::size_t>(1, nearest.size() / 3))
    line += " (did you mean " + std::string(nearest) + "?)";
  return ArgumentError(line);
}

Arguments::Arguments(std::span<const char* const> words, std::initializer_list<std::string_view> positions,
                     std::initializer_list<std::string_view> options, std::initializer_list<std::string_view> flags) {
  std::vector<std::string_view> known(options);
  known.insert(known.end(), flags);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) {
      if (positions_.size() == positions.size())
        throw ArgumentError("unexpected argument " + quoted(word) + ", expected " +
                            (positions.size() == 0 ? "none" : "no more than " + std::to_string(positions.size())));
      positions_.emplace_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (std::ranges::find(known, name) == known.end()) throw unknown_name("option", name, known);
    const bool separate = equals == std::string_view::npos;
    const bool flag = std::ranges::find(flags, name) != flags.end();
    if (flag && !separate) throw ArgumentError(std::string(name) + " takes no value");
    if (!flag && separate && i + 1 == words.size())
      throw ArgumentError(std::string(name) + ": found nothing, expected a value");
    const std::string_view value = flag ? "" : separate ? std::string_view(words[++i]) : word.substr(equals + 1);
    if (name != kRepeatable && has(name)) throw ArgumentError(std::string(name) + " is given twice");
    options_.emplace(name, value);
  }
  if (positions_.size() < positions.size())
    throw ArgumentError("found no " + std::string(positions.begin()[positions_.size()]) + ", expected one");
}

std::string Arguments::text(std::string_view option, std::string_view otherwise) const {
  const auto found = options_.find(option);
  return found == options_.end() ? std::string(otherwise) : found->second;
}

std::vector<std::string> Arguments::texts(std::string_view option) const {
  std::vector<std::string> values;
  for (auto [at, end] = options_.equal_range(option); at != end; ++at) values.push_back(at->second);
  return values;
}

std::uint64_t Arguments::number(std::string_view option, std::uint64_t otherwise, std::uint64_t least,
                                std::uint64_t most) const {
  const auto found = options_.find(option);
  if (found == options_.end()) return otherwise;
  const std::string& text = found->second;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    throw ArgumentError(std::string(option) + ": found " + quoted(text) + ", expected " +
                        (least == most
                             ? "nothing but " + std::to_string(least)
                             : "a whole number from " + std::to_string(least) + " to " + std::to_string(most)));
  return value;
}

}  // namespace bakeoff::models::subject

#include "harness/input/toml_section.h"

#include <algorithm>
#include <sstream>

#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/table_names.h"
#include "harness/measure/plain_text.h"

namespace bakeoff::input {
namespace {

std::string show(const toml::node* node) {
  if (node == nullptr) return "nothing";
  if (const auto* text = node->as_string()) return measure::in_quotes(text->get());
  if (node->is_table()) return "a table";
  if (node->is_array()) return "an array";
  std::ostringstream shown;
  node->visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) shown << value;
  });
  return shown.str();
}

// 3600 and 0.05 and 10000000, not 3600.000000 or 1e+07.
std::string plain(double value) {
  std::ostringstream text;
  text.precision(10);
  text << value;
  return text.str();
}

/// In one line without control characters, which keys may have.
[[noreturn]] void throw_plain(const std::string& message) {
  throw InputError(measure::plain_line(message));
}

// Names become parts of trial ids, files and folders.
bool good_name(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  if (name.empty() || name.size() > kLongest || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace

TomlSection::TomlSection(const toml::table& table, std::string_view file, std::string prefix, Tell tell)
    : table_(&table), file_(file), prefix_(std::move(prefix)), tell_(std::move(tell)) {}

TomlSection TomlSection::with(std::string_view key, const toml::node& value, std::string place) const {
  TomlSection other = *this;
  other.overrides_.insert_or_assign(std::string(key), Override{&value, std::move(place)});
  return other;
}

TomlSection TomlSection::with_element(std::string_view key, std::size_t index) const {
  return with(key, *node_of(key)->as_array()->get(index), place_of_element(key, index));
}

std::optional<std::size_t> TomlSection::array_size(std::string_view key) const {
  const toml::node* node = node_of(key);
  return node != nullptr && node->is_array() ? std::optional(node->as_array()->size()) : std::nullopt;
}

std::optional<double> TomlSection::number_if_any(std::string_view key) const {
  const toml::node* node = node_of(key);
  return node != nullptr && node->is_number() ? node->value<double>() : std::nullopt;
}

const toml::node* TomlSection::node_of(std::string_view key) const {
  const auto found = overrides_.find(key);
  return found == overrides_.end() ? table_->get(key) : found->second.value;
}

std::string TomlSection::place_in_file(const toml::node* node, const std::string& key) const {
  // The root table has no place of its own: line 1.
  const auto line = std::max<std::uint32_t>(1, (node != nullptr ? *node : *table_).source().begin.line);
  return std::string(file_) + ":" + std::to_string(line) + ": " + prefix_ + key + ": ";
}

std::string TomlSection::place_of(std::string_view key) const {
  const auto found = overrides_.find(key);
  return found == overrides_.end() ? place_in_file(table_->get(key), std::string(key)) : found->second.place;
}

std::string TomlSection::place_of_element(std::string_view key, std::size_t index) const {
  const std::string element = "[" + std::to_string(index) + "]";
  if (overrides_.contains(key)) {
    const std::string place = place_of(key);  // It ends in ": ".
    return place.substr(0, place.size() - 2) + element + ": ";
  }
  const toml::array* array = table_->get_as<toml::array>(key);
  return place_in_file(array != nullptr ? array->get(index) : nullptr, std::string(key) + element);
}

void TomlSection::fail(std::string_view key, const std::string& found, const std::string& expected) const {
  throw_plain(place_of(key) + "found " + found + ", expected " + expected);
}

void TomlSection::fail_element(std::string_view key, std::size_t index, const std::string& found,
                               const std::string& expected) const {
  throw_plain(place_of_element(key, index) + "found " + found + ", expected " + expected);
}

void TomlSection::tell_element(std::string_view key, std::size_t index, const std::string& found,
                               const std::string& took) const {
  tell_substitution(tell_, place_of_element(key, index), found, took);
}

std::string TomlSection::shown(std::string_view key) const {
  return show(node_of(key));
}

void TomlSection::require_known(std::span<const std::string> keys) const {
  // The library keeps keys sorted; a reader looks for the first fault of the file.
  const toml::key* first = nullptr;
  for (const auto& [key, node] : *table_) {
    if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
    if (first == nullptr || key.source().begin < first->source().begin) first = &key;
  }
  if (first == nullptr) return;
  throw_plain(std::string(file_) + ":" + std::to_string(first->source().begin.line) + ": " + prefix_ +
              std::string(first->str()) + ": found an unknown key, expected one of " + join_names(keys) +
              did_you_mean(first->str(), keys));
}

std::optional<std::string> TomlSection::text(std::string_view key, const std::string& expected) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) fail(key, show(node), expected);
  return node->as_string()->get();
}

std::optional<std::uint64_t> TomlSection::whole(std::string_view key, std::uint64_t least, std::uint64_t most) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  const auto* value = node->as_integer();
  if (value == nullptr || !std::in_range<std::uint64_t>(value->get()) ||
      static_cast<std::uint64_t>(value->get()) < least || static_cast<std::uint64_t>(value->get()) > most) {
    fail(key, show(node), "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return static_cast<std::uint64_t>(value->get());
}

std::optional<double> TomlSection::seconds(std::string_view key, double least, double most) const {
  return number(key, least, most, "a number of seconds");
}

std::optional<double> TomlSection::number(std::string_view key, double least, double most,
                                          const std::string& what) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  const std::optional<double> value = node->is_number() ? node->value<double>() : std::nullopt;
  // Written so that nan fails it.
  if (!value || !(*value >= least && *value <= most)) {
    fail(key, show(node), what + " from " + plain(least) + " to " + plain(most));
  }
  return value;
}

std::optional<bool> TomlSection::flag(std::string_view key) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) fail(key, show(node), "true or false");
  return node->as_boolean()->get();
}

std::optional<std::vector<std::string>> TomlSection::texts(std::string_view key, const std::string& expected) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty()) fail(key, array != nullptr ? "an empty array" : show(node), expected);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto* value = array->get_as<std::string>(i);
    if (value == nullptr) fail_element(key, i, show(array->get(i)), "a text");
    values.push_back(value->get());
  }
  return values;
}

std::optional<std::vector<TomlSection>> TomlSection::sections(std::string_view key) const {
  const toml::node* node = node_of(key);
  if (node == nullptr) return std::nullopt;
  const toml::array* array = node->as_array();
  const std::string expected = "one [[" + std::string(key) + "]] or more";
  if (array == nullptr || array->empty()) fail(key, array != nullptr ? "an empty array" : show(node), expected);
  std::vector<TomlSection> all;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const toml::table* table = array->get_as<toml::table>(i);
    if (table == nullptr) fail_element(key, i, show(array->get(i)), "a table");
    all.emplace_back(*table, file_, prefix_ + std::string(key) + "[" + std::to_string(i) + "].", tell_);
  }
  return all;
}

std::optional<std::string> TomlSection::name(std::string_view key, std::span<const std::string> names) const {
  const std::string expected = "one of " + join_names(names);
  const std::optional<std::string> word = text(key, expected);
  if (!word) return std::nullopt;
  const ResolvedName one = resolve_name(*word, names, tell_);
  if (one.fault) fail(key, one.fault->found, one.fault->expected);
  tell_substitution(tell_, place_of(key), *word, one.name);
  return one.name;
}

TomlSection TomlSection::section(std::string_view key) const {
  const toml::table* table = table_->get_as<toml::table>(key);
  if (table == nullptr) fail(key, shown(key), "a table");
  return {*table, file_, prefix_ + std::string(key) + ".", tell_};
}

std::vector<std::string> TomlSection::keys() const {
  std::vector<const toml::key*> found;
  for (const auto& [key, node] : *table_) found.push_back(&key);
  std::sort(found.begin(), found.end(),
            [](const toml::key* a, const toml::key* b) { return a->source().begin < b->source().begin; });
  std::vector<std::string> names;
  for (const toml::key* key : found) names.emplace_back(key->str());
  return names;
}

std::size_t TomlSection::line_of(std::string_view key) const {
  const toml::node* node = node_of(key);
  return node == nullptr ? 1 : std::max<std::size_t>(1, node->source().begin.line);
}

toml::table parse_toml(std::string_view text, std::string_view file) try {
  if (const auto missing = find_missing_table_name(text)) {
    throw InputError(std::string(file) + ":" + std::to_string(missing->line) + ": no TOML: found " +
                     (missing->found.empty() ? "the end of the line" : measure::in_quotes(missing->found)) +
                     ", expected the name of a table");
  }
  return toml::parse(text, file);
} catch (const toml::parse_error& error) {
  throw_plain(std::string(file) + ":" + std::to_string(error.source().begin.line) +
              ": no TOML: " + std::string(error.description()));
}

std::optional<std::string> read_name(const TomlSection& section) {
  const std::string expected = "1 to 40 small letters, digits and hyphens";
  std::optional<std::string> name = section.text("name", expected);
  if (name && !good_name(*name)) section.fail("name", measure::in_quotes(*name), expected);
  return name;
}

}  // namespace bakeoff::input

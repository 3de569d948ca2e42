#include "workloads/settings.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace bakeoff::workloads {
namespace {

std::string listed(const std::string& list, std::string_view next, bool last) {
  if (list.empty()) return std::string(next);
  return list + (last ? " or " : ", ") + std::string(next);
}

/// "expected yes or no", "expected a whole number from 0 to 100".
std::string expected(const SettingEntry& entry) {
  if (entry.choices.empty()) {
    return "a whole number from " + std::to_string(entry.least) + " to " + std::to_string(entry.most);
  }
  std::string choices;
  for (const auto& choice : entry.choices) choices = listed(choices, choice, &choice == &entry.choices.back());
  return choices;
}

bool allowed(const SettingEntry& entry, std::string_view value) {
  if (!entry.choices.empty()) return std::ranges::find(entry.choices, value) != entry.choices.end();
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && end == value.data() + value.size() && number >= entry.least && number <= entry.most;
}

}  // namespace

Settings::Settings(std::span<const SettingEntry> known) : known_(known) {
  for (const SettingEntry& entry : known) values_.emplace(entry.name, entry.default_value);
}

void Settings::set(std::string_view name, std::string_view value) {
  const auto entry = std::ranges::find(known_, name, &SettingEntry::name);
  if (entry == known_.end()) {
    std::string names;
    for (const auto& known : known_) names = listed(names, known.name, &known == &known_.back());
    throw std::invalid_argument("found the setting '" + std::string(name) + "', expected " +
                                (names.empty() ? "none: it has no settings" : names));
  }
  if (!allowed(*entry, value)) {
    throw std::invalid_argument(std::string(name) + ": found '" + std::string(value) + "', expected " +
                                expected(*entry));
  }
  values_.find(name)->second = value;
}

const std::string& Settings::text(std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::out_of_range("there is no setting " + std::string(name));
  return found->second;
}

std::uint64_t Settings::number(std::string_view name) const {
  const std::string& value = text(name);
  std::uint64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

}  // namespace bakeoff::workloads

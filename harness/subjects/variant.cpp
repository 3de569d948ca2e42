#include "harness/subjects/variant.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "harness/input/nearest_name.h"

namespace bakeoff::subjects {
namespace {

constexpr std::string_view kUnits = "units";
constexpr std::string_view kStore = "store";
/// The weakest first; a model takes the one that it needs, or a stronger one.
const std::vector<std::string> kStores{"unshared", "locked", "process_shared"};

std::optional<std::uint64_t> whole(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) return std::nullopt;
  return number;
}

std::string range(std::uint64_t least, std::uint64_t most) {
  return least == most ? fmt::format("nothing but {}", least)
                       : fmt::format("a whole number from {} to {}", least, most);
}

[[noreturn]] void refuse(const std::string& subject, const std::string& what, std::string_view found,
                         const std::string& expected) {
  throw VariantError(fmt::format("the {} \"{}\" in \"{}\"", what, found, subject), expected);
}

bool serves(const Subject& subject) {
  return subject.role == Role::model && !subject.foreign;
}

std::vector<std::string> settable_names(const Subject& subject) {
  std::vector<std::string> known;
  if (subject.role != Role::probe) known.emplace_back(kUnits);
  if (serves(subject)) known.emplace_back(kStore);
  for (const SettingFacts& facts : subject.settings) known.push_back(facts.name);
  return known;
}

std::vector<std::string> choices_of(const Subject& subject, const std::string& setting) {
  if (setting == kStore && serves(subject)) return kStores;
  const auto found = std::ranges::find(subject.settings, setting, &SettingFacts::name);
  return found == subject.settings.end() ? std::vector<std::string>() : found->choices;
}

/// ":stack_kib=64:Guard=YES" -> ":stack-kib=64:guard=yes"; what is not a setting or value of the subject stays as it
/// is.
std::string resolve_settings(const Subject& subject, std::string_view words) {
  std::string text;
  while (!words.empty()) {
    const std::string_view word = words.substr(1, words.find(':', 1) - 1);
    words.remove_prefix(1 + word.size());
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string key(word.substr(0, equals));
    const std::string setting = input::intended_name(key, settable_names(subject)).value_or(key);
    text += ":" + setting;
    if (equals == word.size()) continue;
    const std::string value(word.substr(equals + 1));
    text += "=" + input::intended_name(value, choices_of(subject, setting)).value_or(value);
  }
  return text;
}

std::string one_of(std::string_view found, const std::vector<std::string>& choices) {
  return "one of " + input::join_names(choices) + input::did_you_mean(found, choices);
}

void take(Subject& subject, const std::string& name, std::string_view key, std::string_view value) {
  subject.set.emplace(key, value);
  if (key == kUnits && subject.role != Role::probe) {
    subject.units = whole(value, 1, subject.max_units);
    if (!subject.units) refuse(name, "value of units", value, range(1, subject.max_units));
    return;
  }
  if (key == kStore && serves(subject)) {
    const auto weakest = std::find(kStores.begin(), kStores.end(), subject.store);
    if (std::find(weakest, kStores.end(), value) == kStores.end()) {
      refuse(name, "value of store", value, one_of(value, {weakest, kStores.end()}));
    }
    subject.arguments.insert(subject.arguments.end(), {"--store", std::string(value)});
    subject.store = value;
    return;
  }
  const auto setting = std::find_if(subject.settings.begin(), subject.settings.end(),
                                    [&](const SettingFacts& facts) { return facts.name == key; });
  if (setting == subject.settings.end()) {
    const std::vector<std::string> known = settable_names(subject);
    refuse(name, "setting", key, known.empty() ? "none: it has no settings" : one_of(key, known));
  }
  const bool good = setting->choices.empty()
                        ? whole(value, setting->least, setting->most).has_value()
                        : std::find(setting->choices.begin(), setting->choices.end(), value) != setting->choices.end();
  if (!good) {
    refuse(name, fmt::format("value of {}", key), value,
           setting->choices.empty() ? range(setting->least, setting->most) : one_of(value, setting->choices));
  }
  subject.arguments.insert(subject.arguments.end(), {"--set", fmt::format("{}={}", key, value)});
}

}  // namespace

std::map<std::string, std::string> Subject::settings_in_force() const {
  std::map<std::string, std::string> values = set;
  for (const SettingFacts& setting : settings) {
    if (!setting.default_value.empty()) values.try_emplace(setting.name, setting.default_value);
  }
  return values;
}

std::string_view model_name_of(std::string_view subject) {
  return subject.substr(0, subject.find(':'));
}

Subject make_variant(const Inventory& inventory, const std::string& name) {
  if (const Subject* known = inventory.find(name)) return *known;
  const std::string model(model_name_of(name));
  const Subject* base = inventory.find(model);
  if (base == nullptr) {
    std::vector<std::string> known;
    for (const Subject& subject : inventory.subjects) {
      if (subject.name == subject.model) known.push_back(subject.name);
    }
    throw VariantError(fmt::format("\"{}\"", model),
                       "one of " + input::join_names(known) + input::did_you_mean(model, known));
  }
  Subject variant = *base;
  variant.name = name;
  std::set<std::string_view> taken;
  for (std::string_view rest = std::string_view(name).substr(model.size()); !rest.empty();) {
    rest.remove_prefix(1);
    const std::string_view word = rest.substr(0, rest.find(':'));
    rest.remove_prefix(word.size());
    const auto equals = word.find('=');
    if (equals == word.npos) refuse(name, "setting", word, "NAME=VALUE");
    const std::string_view key = word.substr(0, equals);
    if (!taken.insert(key).second) refuse(name, "setting", key, "each setting once");
    take(variant, name, key, word.substr(equals + 1));
  }
  return variant;
}

input::CloseNames close_variants(const Inventory& inventory, const std::string& name) {
  const std::string word(model_name_of(name));
  std::vector<std::string> known;
  for (const std::vector<Subject>* list : {&inventory.subjects, &inventory.executors_and_probes}) {
    for (const Subject& one : *list) {
      if (one.name == one.model && std::ranges::find(known, one.name) == known.end()) known.push_back(one.name);
    }
  }
  input::CloseNames alike = input::close_names(word, known);
  for (std::vector<std::string>& group : alike) {
    for (std::string& one : group)
      one += resolve_settings(*inventory.find(one), std::string_view(name).substr(word.size()));
  }
  return alike;
}

void add_variants(Inventory& inventory, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (inventory.find(name) == nullptr) inventory.subjects.push_back(make_variant(inventory, name));
  }
}

}  // namespace bakeoff::subjects

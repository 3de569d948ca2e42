#include "harness/commands/subject_glosses.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/subjects/variant.h"

namespace bakeoff::commands {
namespace {

report::html::SubjectGloss gloss_of(const std::string& name, const subjects::Inventory& inventory) try {
  const subjects::Subject subject = subjects::make_variant(inventory, name);
  std::string summary = subject.summary;
  for (const auto& [setting, value] : subject.set) {
    const auto facts = std::ranges::find(subject.settings, setting, &subjects::SettingFacts::name);
    if (facts == subject.settings.end()) continue;
    summary += fmt::format("; here {}={}, {}", setting, value, facts->meaning);
    if (!facts->default_value.empty()) summary += fmt::format(" (default {})", facts->default_value);
  }
  if (subject.units) summary += fmt::format("; here {} of them", *subject.units);
  return {name, summary, subject.price};
} catch (const subjects::VariantError&) {
  return {name, "", ""};
}

}  // namespace

std::vector<report::html::SubjectGloss> glosses_of(const std::vector<std::string>& names,
                                                   const subjects::Inventory& inventory) {
  std::vector<report::html::SubjectGloss> glosses;
  for (const std::string& name : names) glosses.push_back(gloss_of(name, inventory));
  return glosses;
}

}  // namespace bakeoff::commands

#include "harness/experiment/table_subjects.h"

#include <algorithm>

#include "harness/input/nearest_name.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {
namespace {

std::optional<NameFault> subject_fault(const std::string& subject, const Names& names) {
  const bool is_model = std::ranges::find(names.models, subject) != names.models.end();
  return is_model || !names.fault ? name_fault(subject, names.models) : names.fault(subject);
}

}  // namespace

std::optional<NameFault> name_fault(const std::string& name, std::span<const std::string> valid) {
  if (std::ranges::find(valid, name) != valid.end()) return std::nullopt;
  return NameFault{input::in_quotes(name), "one of " + input::join_names(valid) + input::did_you_mean(name, valid)};
}

ResolvedName resolve_name(const std::string& word, std::span<const std::string> valid, const Names& names) {
  if (const auto name = names.tell ? input::intended_name(word, valid) : std::nullopt) return {*name, std::nullopt};
  return {word, name_fault(word, valid)};
}

ResolvedName resolve_subject(const std::string& word, std::span<const TableSpec> tables, const Names& names) {
  if (!names.tell) return {word, subject_fault(word, names)};
  input::CloseNames alike = names.alike ? names.alike(word) : input::close_names(word, names.models);
  const auto is_one = [&](const std::string& name) { return !subject_fault(name, names); };
  if (alike[0].empty() && is_one(word)) alike[0] = {word};
  const auto has_place = [&](const std::string& name) {
    return is_one(name) && std::ranges::none_of(tables, [&](const TableSpec& table) {
             return why_not_in_table(table, name, names).has_value();
           });
  };
  std::optional<std::string> name = input::intended_name(alike, has_place);
  if (!name) name = input::intended_name(alike, is_one);
  if (name) return {*name, std::nullopt};
  // The word is told what is wrong with it, or what would be wrong with the one that it stands for.
  const std::string& closest = input::intended_name(alike).value_or(word);
  return {word, subject_fault(closest, names)};
}

std::optional<NameFault> why_not_in_table(const TableSpec& table, const std::string& subject, const Names& names) {
  if (!names.misplaced) return std::nullopt;
  return names.misplaced(subject, table.kind, table.work);
}

std::optional<std::string> expected_units(const TableSpec& table, const std::string& subject, const Names& names) {
  if (!table.units || *table.units == kOneUnitPerCpu || !names.units) return std::nullopt;
  const std::optional<UnitsRange> range = names.units(subject);
  if (!range || *table.units <= (table.is_served() ? range->most : range->most_in_job)) return std::nullopt;
  return in_words(*range, subject, !table.is_served());
}

}  // namespace bakeoff::experiment

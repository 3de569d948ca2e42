#include "harness/experiment/table_subjects.h"

#include <algorithm>

#include "harness/experiment/nearest.h"
#include "harness/experiment/toml_section.h"

namespace bakeoff {
namespace {

std::optional<Unfit> unfit_subject(const std::string& subject, const Names& names) {
  const bool is_model = std::ranges::find(names.models, subject) != names.models.end();
  return is_model || !names.unfit ? unfit_name(subject, names.models) : names.unfit(subject);
}

}  // namespace

std::optional<Unfit> unfit_name(const std::string& name, std::span<const std::string> valid) {
  if (std::ranges::find(valid, name) != valid.end()) return std::nullopt;
  return Unfit{in_quotes(name), "one of " + join_names(valid) + did_you_mean(name, valid)};
}

MeantName meant_name(const std::string& word, std::span<const std::string> valid, const Names& names) {
  if (const auto name = names.tell ? meant(word, valid) : std::nullopt) return {*name, std::nullopt};
  return {word, unfit_name(word, valid)};
}

MeantName meant_subject(const std::string& word, std::span<const TableSpec> tables, const Names& names) {
  if (!names.tell) return {word, unfit_subject(word, names)};
  Alike alike = names.alike ? names.alike(word) : same_words(word, names.models);
  const auto is_one = [&](const std::string& name) { return !unfit_subject(name, names); };
  if (alike[0].empty() && is_one(word)) alike[0] = {word};
  const auto has_place = [&](const std::string& name) {
    return is_one(name) && std::ranges::none_of(tables, [&](const TableSpec& table) {
             return misplaced_in(table, name, names).has_value();
           });
  };
  std::optional<std::string> name = meant(alike, has_place);
  if (!name) name = meant(alike, is_one);
  if (name) return {*name, std::nullopt};
  // The word is told what is wrong with it, or what would be wrong with the one that it stands for.
  const std::string& closest = meant(alike).value_or(word);
  return {word, unfit_subject(closest, names)};
}

std::optional<Unfit> misplaced_in(const TableSpec& table, const std::string& subject, const Names& names) {
  if (!names.misplaced) return std::nullopt;
  return names.misplaced(subject, kind_of(table), table.is_job() ? table.job : table.workload);
}

std::optional<std::string> expected_units(const TableSpec& table, const std::string& subject, const Names& names) {
  if (!table.units || *table.units == kOneUnitPerCpu || !names.units) return std::nullopt;
  const std::optional<UnitsRange> range = names.units(subject);
  if (!range || *table.units <= (table.is_job() ? range->most_in_job : range->most)) return std::nullopt;
  return in_words(*range, subject, table.is_job());
}

}  // namespace bakeoff

#include "harness/experiment/narrow.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/input/nearest_name.h"
#include "harness/experiment/table_subjects.h"
#include "harness/input/toml_section.h"

namespace bakeoff::experiment {
namespace {

bool contains(std::span<const std::string> names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

void tell(const Names& names, const std::string& line) {
  if (names.tell) names.tell(line);
}

/// The names that the words mean, each once; `meaning` says which one it is.
template <typename Meaning>
std::vector<std::string> all_meant(const std::string& option, std::span<const std::string> words, const Names& names,
                                   Meaning meaning) {
  std::vector<std::string> found;
  for (const std::string& word : words) {
    const ResolvedName one = meaning(word);
    if (one.fault) throw InputError(option + ": found " + one.fault->found + ", expected " + one.fault->expected);
    if (one.name != word) tell(names, option + ": " + input::substitution_message(word, one.name));
    if (!contains(found, one.name)) found.push_back(one.name);
  }
  return found;
}

void keep_workloads(Spec& spec, std::span<const std::string> words, const Names& names) {
  std::vector<std::string> present;
  for (const TableSpec& table : spec.tables) {
    if (!contains(present, table.work)) present.push_back(table.work);
  }
  const auto kept = all_meant("--workloads", words, names,
                              [&](const std::string& word) { return resolve_name(word, present, names); });
  std::erase_if(spec.tables, [&](const TableSpec& table) { return !contains(kept, table.work); });
}

/// Why a subject has no place in a table: for the line that says what is left out, and as an error.
struct NoPlace {
  std::string reason, error;
  bool foreign = false;  ///< A server that is not ours does what it does; a subject of ours was named by mistake.
};

std::optional<NoPlace> no_place(const TableSpec& table, const std::string& subject, const Names& names) {
  if (const auto misplaced = why_not_in_table(table, subject, names)) {
    return NoPlace{"expected is " + misplaced->expected,
                   misplaced->found + " for table " + input::in_quotes(table.name) + ", expected " + misplaced->expected};
  }
  if (const auto units = expected_units(table, subject, names)) {
    const std::string has_not = "cannot have the " + std::to_string(*table.units) + " units of table ";
    return NoPlace{"expected are fewer units than " + std::to_string(*table.units),
                   input::in_quotes(subject) + ", which " + has_not + input::in_quotes(table.name) + ", expected " + *units};
  }
  const std::string refusal = names.refusal ? names.refusal(subject, table) : "";
  if (refusal.empty()) return std::nullopt;
  return NoPlace{refusal,
                 input::in_quotes(subject) + ", but " + refusal + "; expected one for table " +
                     input::in_quotes(table.name) + " (" + table.work +
                     (table.load.request.empty() ? "" : " " + table.load.request) + ")",
                 true};
}

/// Subject and reason -> the tables that the subject is not in.
using LeftOut = std::map<std::pair<std::string, std::string>, std::vector<std::string>>;

void tell_what_is_left_out(const std::vector<std::string>& gone, const LeftOut& left_out, const Names& names) {
  std::string text = gone.empty() ? "" : "no subject is left for " + input::join_names(gone);
  for (const auto& [why, tables] : left_out) {
    text += (text.empty() ? "" : "; ") + input::in_quotes(why.first) + " is not in " + input::join_names(tables) + ": " + why.second;
  }
  if (!text.empty()) tell(names, "--subjects: " + text);
}

/// Each of ours can have the units of the tables that the experiment has it in.
void require_units(const Spec& spec, const Names& names) {
  for (const TableSpec& table : spec.tables) {
    for (const std::string& subject : subjects_of(spec, table)) {
      if (expected_units(table, subject, names)) {
        throw InputError("--subjects: found " + no_place(table, subject, names)->error);
      }
    }
  }
}

}  // namespace

void choose_subjects(Spec& spec, const std::vector<std::string>& subjects, const Names& names) {
  const std::vector<std::string> had = std::exchange(spec.subjects, subjects);
  LeftOut left_out;
  std::map<std::string, NoPlace> first_refusals;
  std::vector<std::string> gone, placed;
  std::vector<TableSpec> kept;
  for (TableSpec& table : spec.tables) {
    const bool own = !table.subjects.empty();
    std::vector<std::string> present = own ? table.subjects : subjects;
    std::erase_if(present, [&](const std::string& subject) { return !contains(subjects, subject); });
    for (const std::string& subject : subjects) {
      if (contains(had, subject)) continue;
      if (const auto refused = no_place(table, subject, names)) {
        std::erase(present, subject);
        left_out[{subject, refused->reason}].push_back(table.name);
        first_refusals.emplace(subject, *refused);
      } else if (!contains(present, subject)) {
        present.push_back(subject);
      }
    }
    placed.insert(placed.end(), present.begin(), present.end());
    if (present.empty()) {
      gone.push_back(table.name);
      continue;
    }
    if (own || present != subjects) table.subjects = present;
    kept.push_back(std::move(table));
  }
  for (const std::string& subject : subjects) {
    const auto refusal = first_refusals.find(subject);
    if (refusal == first_refusals.end() || contains(placed, subject)) continue;
    if (kept.empty() || !refusal->second.foreign) throw InputError("--subjects: found " + refusal->second.error);
  }
  if (kept.empty()) {
    throw InputError("--subjects: found " + input::join_names(subjects) + ", expected one that a table of the experiment has");
  }
  spec.tables = std::move(kept);
  std::erase_if(spec.subjects, [&](const std::string& subject) { return !contains(placed, subject); });
  if (!contains(spec.subjects, spec.baseline)) spec.baseline = spec.subjects.front();
  tell_what_is_left_out(gone, left_out, names);
}

Spec narrow(Spec spec, std::span<const std::string> subjects, std::span<const std::string> workloads,
            const Names& names) {
  if (!workloads.empty()) keep_workloads(spec, workloads, names);
  if (subjects.empty()) return spec;
  const auto meaning = [&](const std::string& word) {
    return contains(spec.subjects, word) ? ResolvedName{word, {}} : resolve_subject(word, spec.tables, names);
  };
  choose_subjects(spec, all_meant("--subjects", subjects, names, meaning), names);
  require_units(spec, names);
  return spec;
}

}  // namespace bakeoff::experiment

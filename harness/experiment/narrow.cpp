#include "harness/experiment/narrow.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "harness/experiment/table_subjects.h"
#include "harness/input/input_error.h"
#include "harness/input/nearest_name.h"
#include "harness/input/toml_section.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/groups.h"

namespace bakeoff::experiment {
namespace {

using input::contains;

[[noreturn]] void refuse_word(const std::string& option, const input::NameFault& fault) {
  throw input::InputError(option + ": found " + fault.found + ", expected " + fault.expected);
}

/// The names that the words mean, each once; `meaning` says which one it is.
template <typename Meaning>
std::vector<std::string> all_meant(const std::string& option, std::span<const std::string> words,
                                   const input::Tell& tell, Meaning meaning) {
  std::vector<std::string> found;
  for (const std::string& word : words) {
    const input::ResolvedName one = meaning(word);
    if (one.fault) refuse_word(option, *one.fault);
    input::tell_substitution(tell, option + ": ", word, one.name);
    if (!contains(found, one.name)) found.push_back(one.name);
  }
  return found;
}

void keep_workloads(Spec& spec, std::span<const std::string> words, const input::Tell& tell) {
  std::vector<std::string> present;
  for (const TableSpec& table : spec.tables) {
    if (!contains(present, table.work)) present.push_back(table.work);
  }
  const auto kept = all_meant("--workloads", words, tell,
                              [&](const std::string& word) { return input::resolve_name(word, present, tell); });
  std::erase_if(spec.tables, [&](const TableSpec& table) { return !contains(kept, table.work); });
}

/// Why a subject has no place in a table: for the line that says what is left out, and as an error.
struct NoPlace {
  std::string reason, error;
  bool foreign = false;  ///< A server that is not ours does what it does; a subject of ours was named by mistake.
};

std::optional<NoPlace> no_place(const TableSpec& table, const std::string& subject,
                                const subjects::Inventory& inventory) {
  if (const auto misplaced = why_not_in_table(table, subject, inventory)) {
    return NoPlace{
        "expected is " + misplaced->expected,
        misplaced->found + " for table " + measure::in_quotes(table.name) + ", expected " + misplaced->expected};
  }
  if (const auto units = expected_units(table, subject, inventory)) {
    const std::string has_not = "cannot have the " + std::to_string(*table.units) + " units of table ";
    return NoPlace{
        "expected are fewer units than " + std::to_string(*table.units),
        measure::in_quotes(subject) + ", which " + has_not + measure::in_quotes(table.name) + ", expected " + *units};
  }
  const std::string refusal = why_not_answered(table, subject, inventory);
  if (refusal.empty()) return std::nullopt;
  return NoPlace{refusal,
                 measure::in_quotes(subject) + ", but " + refusal + "; expected one for table " +
                     measure::in_quotes(table.name) + " (" + table.work +
                     (table.load.request.empty() ? "" : " " + table.load.request) + ")",
                 true};
}

/// Why a subject is not in some tables.
struct LeftOut {
  std::string subject, reason;
  std::vector<std::string> tables;
};

void leave_out(std::vector<LeftOut>& left_out, const std::string& subject, const std::string& reason,
               const std::string& table) {
  for (LeftOut& one : left_out) {
    if (one.subject != subject || one.reason != reason) continue;
    one.tables.push_back(table);
    return;
  }
  left_out.push_back({subject, reason, {table}});
}

/// Subjects that are left out of the same tables for the same reason, which is said of them together.
struct LeftOutTogether {
  std::string tables, reason;
  std::vector<std::string> subjects;
};

std::string left_out_in_words(const LeftOutTogether& one) {
  std::string names;
  for (const std::string& subject : one.subjects) names += (names.empty() ? "" : ", ") + measure::in_quotes(subject);
  if (one.subjects.size() == 1) return names + " is not in " + one.tables + ": " + one.reason;
  constexpr std::string_view kOfOne = "it ";
  const bool of_one = one.reason.starts_with(kOfOne);
  return names + " are not in " + one.tables + ": " +
         (of_one ? "each " + one.reason.substr(kOfOne.size()) : one.reason);
}

void tell_what_is_left_out(const std::vector<std::string>& gone, const std::vector<LeftOut>& left_out,
                           const input::Tell& tell) {
  std::vector<LeftOutTogether> together;
  for (const LeftOut& one : left_out) {
    const std::string tables = input::join_names(one.tables);
    auto found = std::ranges::find_if(
        together, [&](const LeftOutTogether& other) { return other.tables == tables && other.reason == one.reason; });
    if (found == together.end()) found = together.insert(together.end(), {tables, one.reason, {}});
    found->subjects.push_back(one.subject);
  }
  std::string text = gone.empty() ? "" : "no subject is left for " + input::join_names(gone);
  for (const LeftOutTogether& one : together) text += (text.empty() ? "" : "; ") + left_out_in_words(one);
  if (tell && !text.empty()) tell("--subjects: " + text);
}

/// The words without groups, and in the place of each group those of its subjects that no other word names.
struct WithoutGroups {
  std::vector<std::string> words;
  std::vector<std::string> of_groups;  ///< Those of `words` that come from a group.
};

WithoutGroups replace_groups(std::span<const std::string> words, const Spec& spec, const subjects::Inventory& inventory,
                             const input::Tell& tell) {
  WithoutGroups all;
  for (const std::string& word : words) {
    if (!subjects::is_group(word)) {
      all.words.push_back(word);
      continue;
    }
    const input::ResolvedName group = input::resolve_name(word, subjects::group_names(inventory), tell);
    if (group.fault) refuse_word("--subjects", *group.fault);
    input::tell_substitution(tell, "--subjects: ", word, group.name);
    for (const std::string& member : subjects::members_of_group(group.name, inventory, spec.subjects)) {
      if (contains(words, member) || contains(all.words, member)) continue;
      all.words.push_back(member);
      all.of_groups.push_back(member);
    }
  }
  return all;
}

/// Each of ours can have the units of the tables that the experiment has it in.
void require_units(const Spec& spec, const subjects::Inventory& inventory) {
  for (const TableSpec& table : spec.tables) {
    for (const std::string& subject : subjects_of(spec, table)) {
      if (expected_units(table, subject, inventory)) {
        throw input::InputError("--subjects: found " + no_place(table, subject, inventory)->error);
      }
    }
  }
}

}  // namespace

void choose_subjects(Spec& spec, const std::vector<std::string>& subjects, const subjects::Inventory& inventory,
                     const input::Tell& tell, const std::vector<std::string>& of_groups) {
  const std::vector<std::string> had = std::exchange(spec.subjects, subjects);
  std::vector<LeftOut> left_out;
  std::map<std::string, NoPlace> first_refusals;
  std::vector<std::string> gone, placed;
  std::vector<TableSpec> kept;
  for (TableSpec& table : spec.tables) {
    const bool own = !table.subjects.empty();
    std::vector<std::string> present = own ? table.subjects : subjects;
    std::erase_if(present, [&](const std::string& subject) { return !contains(subjects, subject); });
    for (const std::string& subject : subjects) {
      if (contains(had, subject)) continue;
      if (const auto refused = no_place(table, subject, inventory)) {
        std::erase(present, subject);
        leave_out(left_out, subject, refused->reason, table.name);
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
    const bool by_name = !refusal->second.foreign && !contains(of_groups, subject);
    if (kept.empty() || by_name) throw input::InputError("--subjects: found " + refusal->second.error);
  }
  if (kept.empty()) {
    throw input::InputError("--subjects: found " + input::join_names(subjects) +
                            ", expected one that a table of the experiment has");
  }
  spec.tables = std::move(kept);
  std::erase_if(spec.subjects, [&](const std::string& subject) { return !contains(placed, subject); });
  if (!contains(spec.subjects, spec.baseline)) spec.baseline = spec.subjects.front();
  tell_what_is_left_out(gone, left_out, tell);
}

void keep_tables(Spec& spec, std::span<const std::string> names, const input::Tell& tell) {
  if (names.empty()) return;
  std::vector<std::string> present;
  for (const TableSpec& table : spec.tables) present.push_back(table.name);
  const auto kept = all_meant("--tables", names, tell,
                              [&](const std::string& word) { return input::resolve_name(word, present, tell); });
  std::erase_if(spec.tables, [&](const TableSpec& table) { return !contains(kept, table.name); });
}

Spec narrow(Spec spec, std::span<const std::string> subjects, std::span<const std::string> workloads,
            const subjects::Inventory& inventory, const input::Tell& tell) {
  if (!workloads.empty()) keep_workloads(spec, workloads, tell);
  if (subjects.empty()) return spec;
  const auto meaning = [&](const std::string& word) {
    return contains(spec.subjects, word) ? input::ResolvedName{word}
                                         : resolve_subject(word, spec.tables, inventory, tell);
  };
  const WithoutGroups given = replace_groups(subjects, spec, inventory, tell);
  choose_subjects(spec, all_meant("--subjects", given.words, tell, meaning), inventory, tell, given.of_groups);
  require_units(spec, inventory);
  return spec;
}

}  // namespace bakeoff::experiment

#include "harness/experiment/subject_list.h"

#include <algorithm>
#include <iterator>

#include "harness/experiment/table_subjects.h"
#include "harness/input/nearest_name.h"
#include "harness/input/resolve_name.h"
#include "harness/measure/plain_text.h"
#include "harness/subjects/groups.h"

namespace bakeoff::experiment {
namespace {

/// The subjects of a group that the list may have.
std::vector<std::string> candidates(const std::string& group, const SubjectWords& words) {
  std::vector<std::string> members = subjects::members_of_group(group, words.inventory, words.among);
  std::erase_if(members, [&](const std::string& member) {
    return !words.among.empty() && !input::contains(words.among, member);
  });
  return members;
}

bool has_place(const TableSpec& table, const std::string& subject, const subjects::Inventory& inventory) {
  return !why_not_in_table(table, subject, inventory) && !expected_units(table, subject, inventory) &&
         why_not_answered(table, subject, inventory).empty();
}

}  // namespace

std::optional<SubjectList> read_subject_list(const input::TomlSection& section, const SubjectWords& words) {
  const auto given = section.texts("subjects", "an array of names of " + input::join_names(words.known));
  if (!given) return std::nullopt;
  std::vector<std::string> names(given->size());
  for (std::size_t i = 0; i < given->size(); ++i) {
    const std::string& word = (*given)[i];
    const bool group = subjects::is_group(word);
    const input::ResolvedName one =
        group ? input::resolve_name(word, subjects::group_names(words.inventory), words.tell) : words.meaning(word);
    if (one.fault) section.fail_element("subjects", i, one.fault->found, one.fault->expected);
    if (input::contains(names, one.name)) {
      section.fail_element("subjects", i, measure::in_quotes(one.name) + " twice",
                           group ? "each group once" : "each subject once");
    }
    section.tell_element("subjects", i, word, one.name);
    names[i] = one.name;
  }
  SubjectList list;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!subjects::is_group(names[i])) {
      list.names.push_back(names[i]);
      list.words.push_back(i);
      continue;
    }
    const std::vector<std::string> members = candidates(names[i], words);
    if (members.empty()) {
      section.fail_element("subjects", i, measure::in_quotes(names[i]),
                           "a group with one of " + input::join_names(words.among));
    }
    for (const std::string& member : members) {
      if (input::contains(names, member) || input::contains(list.names, member)) continue;
      list.names.push_back(member);
      list.words.push_back(i);
      list.of_groups.push_back(member);
    }
  }
  return list;
}

void keep_those_with_a_place(const input::TomlSection& section, const Spec& spec, TableSpec& table,
                             const std::vector<std::string>& of_groups, const subjects::Inventory& inventory) {
  if (of_groups.empty()) return;
  const std::vector<std::string>& all = subjects_of(spec, table);
  std::vector<std::string> kept;
  std::ranges::copy_if(all, std::back_inserter(kept), [&](const std::string& subject) {
    return !input::contains(of_groups, subject) || has_place(table, subject, inventory);
  });
  if (kept.size() == all.size()) return;
  if (kept.empty()) {
    section.fail("subjects", "no subject of the groups for table " + measure::in_quotes(table.name),
                 "a group with one that can do its work");
  }
  table.subjects = kept;
}

void keep_those_in_tables(Spec& spec, const std::vector<std::string>& of_groups) {
  std::erase_if(spec.subjects, [&](const std::string& subject) {
    return input::contains(of_groups, subject) && std::ranges::none_of(spec.tables, [&](const TableSpec& table) {
             return table.subjects.empty() || input::contains(table.subjects, subject);
           });
  });
}

}  // namespace bakeoff::experiment

// The `subjects` of an experiment file or of one of its tables: names, and groups of them (subjects/groups.h). Includes
// toml++: for .cpp files only.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/input/resolve_name.h"
#include "harness/input/toml_section.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// A list of subjects, each once.
struct SubjectList {
  std::vector<std::string> names;
  std::vector<std::size_t> words{};      ///< Of each name, the place of its word in the list.
  std::vector<std::string> of_groups{};  ///< Those that only a group names.
};

/// What the words of a list can be.
struct SubjectWords {
  const subjects::Inventory& inventory;
  const input::Tell& tell;                                              ///< Without it, groups have to be exact.
  const std::vector<std::string>& known;                                ///< Named where the list is no list.
  std::function<input::ResolvedName(const std::string& word)> meaning;  ///< Which subject a word is.
  /// Those that the experiment names, whose table this is; empty for any.
  const std::vector<std::string>& among;
};

/// The key `subjects`; nullopt where it is missing. A subject that is named stands where it is named, whatever group it
/// is of. Throws InputError also for a group with none of `among`.
std::optional<SubjectList> read_subject_list(const input::TomlSection& section, const SubjectWords& words);

/// Leaves those of `of_groups` out of a table that cannot do its work with its units. Throws InputError where none is
/// left.
void keep_those_with_a_place(const input::TomlSection& section, const Spec& spec, TableSpec& table,
                             const std::vector<std::string>& of_groups, const subjects::Inventory& inventory);

/// The same of the experiment: those that no table has.
void keep_those_in_tables(Spec& spec, const std::vector<std::string>& of_groups);

}  // namespace bakeoff::experiment

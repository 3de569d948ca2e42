// Names that a user typed, held against what there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The models of this build, and the foreign servers that are shipped and the user's own. Throws InputError for a
/// manifest that is none.
subjects::Inventory full_inventory();

/// Those of the words of --subjects that are folders go from there and their servers into the inventory: what has a slash,
/// and what is no subject but a folder. Returns the names of the servers. Throws UsageError where a folder has none.
std::vector<std::string> take_subject_folders(std::vector<std::string>& words, subjects::Inventory& inventory);

/// A line for whoever typed something that was taken for something else: on stderr, each line once.
void tell_user(const std::string& line);

/// The subject that is meant by a name, which may be one with settings: "fibers:pinned=yes". Throws UsageError: found
/// "thraeds", expected one of ...; did you mean "threads"? `roles` are those that are wanted.
subjects::Subject check_subject(const subjects::Inventory& inventory, const std::string& name, const std::vector<subjects::Role>& roles = {subjects::Role::model});

/// What is meant by the name of anything else; `kind` is the word for it.
std::string check_name(const std::string& kind, const std::string& name, const std::vector<std::string>& known);

/// Two words in their order, a subject and its work: swapped where only the other order can be meant. Nothing is wrong
/// then but the order, and it is told.
struct SubjectAndWork {
  std::string subject, work;
};
SubjectAndWork swap_if_reversed(const subjects::Inventory& inventory, SubjectAndWork words, const std::vector<std::string>& works,
                        const std::vector<subjects::Role>& roles = {subjects::Role::model});

/// Throws UsageError for units that the subject cannot have: more than it takes, or some beside those of its name.
void check_units(const subjects::Subject& subject, const std::optional<std::uint64_t>& units);

template <typename Entries>
std::vector<std::string> entry_names(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

/// What an experiment file may name.
experiment::Names names_of(const subjects::Inventory& inventory);

}  // namespace bakeoff::commands

// Names that a user typed on the command line, checked against the inventory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/subjects/inventory_names.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

using subjects::entry_names;

/// The models of this build and the foreign servers, both those that are shipped and the user's own. Throws InputError
/// for a manifest that cannot be read.
subjects::Inventory full_inventory();

/// The same, and the programs in these folders and in those in them; a folder may have none.
subjects::Inventory inventory_with(const std::vector<std::filesystem::path>& folders);

/// Takes the folders out of the words of --subjects and adds the servers in them to the inventory. A word is a folder
/// if it has a slash, or if it names no subject and such a folder exists. Returns the names of those servers. Throws
/// UsageError for a folder without a manifest; it begins with `where` the words stood.
std::vector<std::string> take_subject_folders(std::vector<std::string>& words, subjects::Inventory& inventory,
                                              const std::string& where = "");

/// The same of one word that is to be one subject: the name of the folder's, or the word where it is no folder. Throws
/// UsageError where the folder holds several.
std::string take_subject_folder(const std::string& word, subjects::Inventory& inventory);

/// Tells the user on stderr that something they typed was taken for something else; each line is told once.
void tell_user(const std::string& line);

/// The subject of a name, which may have settings: "fibers:pinned=yes". `roles` are those that are wanted. Tells the
/// user of another spelling. Throws UsageError: found "thraeds", expected one of ...; did you mean "threads"?
subjects::Subject check_subject(const subjects::Inventory& inventory, const std::string& name,
                                const std::vector<subjects::Role>& roles = {subjects::Role::model});

/// The same for the name of anything else; `kind` is the word for it.
std::string check_name(const std::string& kind, const std::string& name, const std::vector<std::string>& known);

/// A subject and its work, in this order.
struct SubjectAndWork {
  std::string subject, work;
};

/// Swaps the two words if only the other order can be meant, and tells the user.
SubjectAndWork swap_if_reversed(const subjects::Inventory& inventory, SubjectAndWork words,
                                const std::vector<std::string>& works,
                                const std::vector<subjects::Role>& roles = {subjects::Role::model});

/// Throws UsageError for units that the subject cannot have: more than it takes, or some beside those of its name.
void check_units(const subjects::Subject& subject, const std::optional<std::uint64_t>& units);

}  // namespace bakeoff::commands

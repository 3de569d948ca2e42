// Groups of subjects, which a word that begins with @ names wherever subjects are chosen: the kinds of `bakeoff list`
// (@models, @servers, @runtimes) and the languages of runtimes (@python, @go). Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/subjects/subject.h"

namespace bakeoff::subjects {

/// Whether the word names a group; no subject's name begins like that.
bool is_group(std::string_view word);

/// Whether the family is that of a language: a runtime's, and not "models".
bool is_language(std::string_view family);

/// Every group that has a subject: "@models", "@servers", "@runtimes", then the languages in the order of the
/// inventory.
std::vector<std::string> group_names(const Inventory& inventory);

/// The subjects of a group of group_names(), in the order of the inventory, whether they are missing or not.
std::vector<std::string> members_of_group(std::string_view group, const Inventory& inventory);

/// The same where some subjects are chosen already, with settings or without: a member that is among them stands for
/// those of them that are it ("java-virtual" for "java-virtual:heap=64").
std::vector<std::string> members_of_group(std::string_view group, const Inventory& inventory,
                                          const std::vector<std::string>& chosen);

}  // namespace bakeoff::subjects

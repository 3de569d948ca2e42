// Which subject a name in an experiment stands for, and whether that subject can do the work of a table. What exists is
// in the inventory. Where a subject's name has settings, its program is asked whether they go together.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/experiment/spec.h"
#include "harness/input/resolve_name.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// What is wrong with settings that do not go together; nullopt when nothing is. Asks the subject's program.
std::optional<input::NameFault> conflicting_settings(const subjects::Subject& subject);

/// The subject that a word names where it is to stand in these tables. The word itself is taken where it exists. Where
/// "thread" and "threads" both exist, the other one is taken if it can do the work of every table and the word's own
/// subject cannot. Without `tell` the word has to be exact.
input::ResolvedName resolve_subject(const std::string& word, std::span<const TableSpec> tables,
                                    const subjects::Inventory& inventory, const input::Tell& tell);

/// Why a subject cannot do the work of a table; nullopt when it can, and for a name that no subject has.
std::optional<input::NameFault> why_not_in_table(const TableSpec& table, const std::string& subject,
                                                 const subjects::Inventory& inventory);

/// What a subject can have instead of the table's units; nullopt when it can have those.
std::optional<std::string> expected_units(const TableSpec& table, const std::string& subject,
                                          const subjects::Inventory& inventory);

/// How many units a subject may have as a server, and what they are: "1: of event-loop they are loops, always 1".
std::string server_units_in_words(const subjects::Subject& subject);

/// Why a subject does not answer the requests of a table; "" when it does.
std::string why_not_answered(const TableSpec& table, const std::string& subject, const subjects::Inventory& inventory);

}  // namespace bakeoff::experiment

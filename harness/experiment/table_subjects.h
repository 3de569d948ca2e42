// Which subject a name stands for, and whether it has a place in a table. Pure: what there is comes from Names.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/experiment/spec.h"

namespace bakeoff::experiment {

/// What is wrong with a name that must be one of `valid`; nullopt when nothing is.
std::optional<NameFault> name_fault(const std::string& name, std::span<const std::string> valid);

/// A name as it was meant, or what is wrong with it.
struct ResolvedName {
  std::string name;
  std::optional<NameFault> fault;
};

/// Of `valid` the one that is meant by the word: it, or the only one that is the same word (nearest_name.h). Without
/// names.tell, who would hear of it, a name has to be written as it is.
ResolvedName resolve_name(const std::string& word, std::span<const std::string> valid, const Names& names);

/// The same of a subject where it is to stand in these tables. Where "thread" and "threads" both exist,
/// it is the one as it is written, unless that can do the work of some table not at all and the other that of all.
ResolvedName resolve_subject(const std::string& word, std::span<const TableSpec> tables, const Names& names);

/// Why a subject that there is cannot do the work of a table; nullopt when it can.
std::optional<NameFault> why_not_in_table(const TableSpec& table, const std::string& subject, const Names& names);

/// What a subject can have instead of the table's units; nullopt when it can have those.
std::optional<std::string> expected_units(const TableSpec& table, const std::string& subject, const Names& names);

}  // namespace bakeoff::experiment

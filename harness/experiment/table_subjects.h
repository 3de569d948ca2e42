// Which subject a name stands for, and whether it has a place in a table. Pure: what there is comes from Names.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "harness/experiment/spec.h"

namespace bakeoff {

/// What is wrong with a name that must be one of `valid`; nullopt when nothing is.
std::optional<Unfit> unfit_name(const std::string& name, std::span<const std::string> valid);

/// A name as it was meant, or what is wrong with it.
struct MeantName {
  std::string name;
  std::optional<Unfit> unfit;
};

/// Of `valid` the one that is meant by the word: it, or the only one that is the same word (nearest.h). Without
/// names.tell, who would hear of it, a name has to be written as it is.
MeantName meant_name(const std::string& word, std::span<const std::string> valid, const Names& names);

/// The same of a subject where it is to stand in these tables. Where "thread" and "threads" both exist,
/// it is the one as it is written, unless that can do the work of some table not at all and the other that of all.
MeantName meant_subject(const std::string& word, std::span<const TableSpec> tables, const Names& names);

/// Why a subject that there is cannot do the work of a table; nullopt when it can.
std::optional<Unfit> misplaced_in(const TableSpec& table, const std::string& subject, const Names& names);

/// What a subject can have instead of the table's units; nullopt when it can have those.
std::optional<std::string> expected_units(const TableSpec& table, const std::string& subject, const Names& names);

}  // namespace bakeoff

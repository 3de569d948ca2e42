// An experiment cut down to some of its tables and subjects, or given subjects that it does not have.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/experiment/spec.h"

namespace bakeoff::experiment {

/// Keeps the tables of these names; none keeps all. Throws InputError "--tables: ...".
void keep_tables(Spec& spec, std::span<const std::string> names, const input::Tell& tell = {});

/// Keeps the tables of the named workloads and jobs, and in them the named subjects; an empty list keeps all. A group
/// (subjects/groups.h) stands for those of its subjects that have a place in the tables. `tell` is told which names
/// were taken for others and what is left out. Throws InputError "--subjects: ...".
Spec narrow(Spec spec, std::span<const std::string> subjects, std::span<const std::string> workloads,
            const subjects::Inventory& inventory, const input::Tell& tell = {});

/// Gives the experiment these subjects. A table with subjects of its own keeps those of them that are among these. A
/// subject that the experiment does not have joins every table whose work it can do. A table without a subject goes,
/// and so does a subject without a table; `tell` is told of both, in one line. A baseline that is gone becomes the
/// first subject. Throws InputError for one of our own that can do the work of no table, and where no table is left.
/// Those that only a group names (`of_groups`) are left out instead, as servers that are not ours.
void choose_subjects(Spec& spec, const std::vector<std::string>& subjects, const subjects::Inventory& inventory,
                     const input::Tell& tell = {}, const std::vector<std::string>& of_groups = {});

}  // namespace bakeoff::experiment

// Rows of a table by their families: the language of a runtime, or what a subject is (subjects/subject.h). A large
// table of runtimes is shown in families, each below a heading of its own. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// Whether a table of these subjects is shown in families: it has more than eight rows and one runtime or more, the
/// family of each row is known, and a family has two rows on average. Models beside real servers stay in their order,
/// in which twins are neighbours, and so do the subjects of two builds.
bool shows_families(const std::vector<std::string>& subjects, const ReportInfo& info);

/// Puts the rows of a family behind each other where such a table shows families: families in the order of their first
/// rows, and in each of them the order stays.
void order_by_family(Grid& grid, const ReportInfo& info);

/// Says of each row what its family is, where that is known, and orders the rows likewise.
void add_families(Table& table, const ReportInfo& info);

/// One family of a table, or all rows of one that does not show families.
struct FamilyRows {
  std::string family;             ///< "" for all rows.
  std::vector<std::size_t> rows;  ///< By their index.
};

/// In the order of the rows. The rows of a family have to be behind each other.
std::vector<FamilyRows> rows_by_family(const Table& table);

}  // namespace bakeoff::report

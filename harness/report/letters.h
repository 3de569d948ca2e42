// The letters of a table: which subjects its leading figure does not tell apart. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// One figure of every subject.
using FigureColumn = std::vector<FigureSeries>;

/// Gives the cells of a column their letters, and says in the legend what they mean and in the notes why some have
/// none. In a table of families each of at most four subjects is compared in itself, with a correction of its own: a
/// letter means nothing beyond its family. Larger ones have no letters.
void add_letters(Table& table, const FigureColumn& leading, std::size_t column);

}  // namespace bakeoff::report

// What a table says of itself in words: the line over it, with what was done, where and when, and the legend below it.
#pragma once

#include <string>

#include "harness/journal/trial.h"
#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// What a trial does, which need not have run: "http · /id/{k} · 64 connections, closed loop".
std::string setting_in_words(const journal::Trial& trial);

/// "http · /id/{k} · 64 connections, closed loop"
std::string setting(const Grid& grid, const std::string& table);

/// "8 blocks of 1 s"
std::string extent(const Grid& grid);

/// "in 6 alternating slices of 100 ms", "one after the other: " and why, or both with the number of blocks; "" where
/// the rows do not say, or where there is nothing to alternate.
std::string way_of_measuring(const Grid& grid);

/// "http · request /id/{k} · 64 connections, closed loop · 8 blocks of 1 s · ..."
/// `intervals` is said of the intervals where there are some.
std::string caption(const Grid& grid, const std::string& table,
                    const std::string& intervals = "95 % intervals, pointwise");

/// How a writer shows the marks of a cell, for its legend.
struct Marks {
  std::string best, struck;
};

/// One line that explains what the table uses of letters, "=" and the writer's marks; "" when it uses none.
std::string marks_legend(const Table& table, const Marks& marks);

}  // namespace bakeoff::report

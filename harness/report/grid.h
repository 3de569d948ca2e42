// The trials of one table in their places: by subject and block, the attempt that counts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/report/figures.h"
#include "harness/stats/summary.h"

namespace bakeoff::report {

struct GridRow {
  std::string subject;
  std::vector<const journal::Trial*> trials;  ///< One per block of the table; nullptr where the subject has none.
};

struct Grid {
  std::string table;            ///< As the rows name it.
  std::vector<int> blocks;      ///< Block numbers in order.
  std::vector<GridRow> rows;    ///< In the order asked for, then in that of the trials.
  std::size_t repeated = 0;     ///< Trials that were run more than once in their block.
  std::size_t still_noisy = 0;  ///< How many of those were noisy in every attempt.
  bool is_job = false;          ///< Jobs or probes.
  bool is_queue = false;        ///< Workers that take jobs from a queue.
  std::vector<Figure> figures;  ///< The figures that its tables show; the leading one first.
};

/// The trials of one table. An open and a closed load never share a table: where rows of both were put together, those
/// of the first row's load are taken.
std::vector<const journal::Trial*> trials_of_table(std::span<const journal::Trial> trials, const std::string& table);

/// The trials must outlive the grid.
Grid make_grid(std::span<const journal::Trial* const> trials, std::span<const std::string> subject_order);

/// nullptr when the grid has no such subject.
const GridRow* find_row(const Grid& grid, const std::string& subject);

/// Whether its warm-up had no steady end in more than one block of eight. What the other blocks say is then the state
/// in which they happened to be measured: no figure of the steady state of this subject is believed.
bool is_too_often_unsteady(const GridRow& row);

/// A figure of one subject, block by block: what may be believed, and what is void.
struct FigureSeries {
  stats::Series valid, struck;
  std::string reason;  ///< Why the first void value is void.
};
FigureSeries figure_series(const GridRow& row, const Figure& figure);

/// Whether the numbers of a trial are shown: not when it died or did not run, nor when a server met a limit. A job that
/// met a limit has numbers: they are those of the units that it reached.
bool gives_numbers(const journal::Trial& trial);

/// A trial to read the setting from: one that ran, if any did; nullptr without trials.
const journal::Trial* example_trial(const Grid& grid);

}  // namespace bakeoff::report

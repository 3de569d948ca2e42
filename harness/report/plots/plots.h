// All plots of a report, in the order of its tables. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/report/flat_export.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// The plots of one table, or of a sweep: `table` is the name of the table of the report that they belong to.
struct PlotsOfTable {
  std::string table;
  std::vector<Plot> plots;
};

/// `histograms` may be empty: then there are no latencies by percentile.
std::vector<PlotsOfTable> build_plots(std::span<const journal::Trial> trials, const ReportInfo& info,
                                      const HistogramsOfTrials& histograms);

}  // namespace bakeoff::report::plots

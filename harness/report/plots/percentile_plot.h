// Latency by percentile, on an axis of 1 / (1 - p): the tail has as much room as the rest (Gil Tene's plots of
// HdrHistogram). The histograms of a subject's valid blocks are added up. Pure.
#pragma once

#include <vector>

#include "harness/report/flat_export.h"
#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// At most eight subjects to a plot; none of a table without histograms.
std::vector<Plot> percentile_plots(const Grid& grid, const ReportInfo& info, const HistogramsOfTrials& histograms);

}  // namespace bakeoff::report::plots

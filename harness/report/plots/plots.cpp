#include "harness/report/plots/plots.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "harness/report/grids_of_report.h"
#include "harness/report/plots/block_plot.h"
#include "harness/report/plots/forest_plot.h"
#include "harness/report/plots/percentile_plot.h"
#include "harness/report/plots/scaling_plot.h"
#include "harness/report/plots/sweep_plot.h"
#include "harness/report/plots/tradeoff_plot.h"
#include "harness/report/plots/warm_up_plot.h"

namespace bakeoff::report::plots {
namespace {

void append(std::vector<Plot>& plots, std::vector<Plot> more) {
  std::ranges::move(more, std::back_inserter(plots));
}

void append(std::vector<Plot>& plots, std::optional<Plot> more) {
  if (more) plots.push_back(std::move(*more));
}

}  // namespace

std::vector<PlotsOfTable> build_plots(std::span<const journal::Trial> trials, const ReportInfo& info,
                                      const HistogramsOfTrials& histograms) {
  const GridsOfReport of_tables = grids_of_report(trials, info);
  std::vector<PlotsOfTable> all;
  std::vector<const journal::SweepFacts*> shown;
  for (std::size_t i = 0; i < of_tables.grids.size(); ++i) {
    const Grid& grid = of_tables.grids[i];
    const journal::SweepFacts* const sweep = sweep_of(grid.table, info);
    // Of two builds no table shows a sweep.
    if (sweep != nullptr && info.against.empty() && std::ranges::find(shown, sweep) == shown.end()) {
      shown.push_back(sweep);
      all.push_back({.table = sweep->name, .plots = sweep_plots(*sweep, of_tables.grids, info)});
    }
    PlotsOfTable one{.table = of_tables.names[i], .plots = {}};
    Grid named = grid;  // Two tables may have rows of one name.
    named.table = of_tables.names[i];
    append(one.plots, forest_plot(named, info));
    append(one.plots, scaling_plots(named));
    append(one.plots, percentile_plots(named, info, histograms));
    append(one.plots, tradeoff_plot(named, info));
    append(one.plots, warm_up_plots(named, info));
    append(one.plots, block_plots(named, info));
    all.push_back(std::move(one));
  }
  std::erase_if(all, [](const PlotsOfTable& one) { return one.plots.empty(); });
  return all;
}

}  // namespace bakeoff::report::plots

// A figure over what a sweep varies: each subject's median with the band of its interval, where subjects cross, and
// what arithmetic allows at the most. Pure.
#pragma once

#include <span>
#include <vector>

#include "harness/journal/manifest.h"
#include "harness/report/grid.h"
#include "harness/report/plots/plot.h"
#include "harness/report/table.h"

namespace bakeoff::report::plots {

/// The leading figure; of servers the throughput too, or the p99 where the rate is swept. None with fewer than two
/// points.
std::vector<Plot> sweep_plots(const journal::SweepFacts& sweep, std::span<const Grid> grids, const ReportInfo& info);

}  // namespace bakeoff::report::plots

// The memory curve of a sweep over how much memory a subject may have: the lowest limit at which each subject still
// serves the load, and what the load costs it there. A garbage collector buys CPU time with memory; one figure without
// the other says nothing. Pure.
#pragma once

#include <optional>
#include <span>

#include "harness/journal/manifest.h"
#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// Of a sweep over `memory_mib` or `heap_mib`; nullopt for others, and where fewer than two of its points have rows.
/// A load counts as served where every block had the outcome ok and, with Params::p99_limit_ms, the median p99 is not
/// above that. The lowest limit is the end of the stretch, from the highest limit down, in which all points are served.
/// The ratio is that of the CPU per request to the same subject's at the highest limit, block by block.
std::optional<Table> memory_curve(const journal::SweepFacts& sweep, std::span<const Grid> grids);

}  // namespace bakeoff::report

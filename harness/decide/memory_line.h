// Memory at more connections than can be opened here: along the line through what was measured at two numbers of them,
// block by block. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/report/grid.h"
#include "harness/stats/summary.h"

namespace bakeoff::decide {

/// Memory of one candidate at a number of connections, in the order of the blocks.
struct MemoryPoint {
  std::uint64_t connections = 0;
  report::FigureSeries mib;
};

/// `points` has the largest number of connections first. Each block that has a value at the first and at the last point
/// gives a slope, and with it a value; the others have none. Empty without two points.
stats::Series extrapolated_memory(const std::vector<MemoryPoint>& points, std::uint64_t connections);

/// How far the slope between the two larger points is from the one between the two smaller ones, as a share of it: how
/// straight the line is. nullopt without three points, or where it does not rise.
std::optional<double> bend(const std::vector<MemoryPoint>& points);

}  // namespace bakeoff::decide

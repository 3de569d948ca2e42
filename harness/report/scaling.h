// The speed-ups of a table whose subjects differ in their units alone: "thread:units=1", "thread:units=2". Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/stats/compare.h"
#include "harness/stats/usl.h"

namespace bakeoff::report {

/// Against one unit; in work done where each unit does the whole work.
struct Speedup {
  stats::ScalingPoint point;
  std::optional<stats::Interval> interval;  ///< Not of one unit, nor where the blocks are too few.
  std::string void_reason{};                ///< Not empty: of void values, because there are no others.
};

/// A law through fewer points shows itself and not the measurements.
inline constexpr std::size_t kLeastForCurve = 3;

/// Subjects that are the same but for their units, in the order of those; the first has one.
struct ScalingFamily {
  std::string name;  ///< Without the units.
  std::vector<Speedup> speedups;
  std::size_t cpus = 1;       ///< That the units had.
  bool repeats_work = false;  ///< Each unit does the whole work, and the speed-up is one in work.

  /// Those that are believed.
  std::vector<Speedup> valid() const;
  /// What laws are fitted to: the valid ones of no more units than CPUs; none where the work is repeated.
  std::vector<Speedup> lawful() const;
};

/// Of jobs that divide their work or repeat it, families with two sizes or more. Empty for other tables.
std::vector<ScalingFamily> scaling_of(const Grid& grid);

}  // namespace bakeoff::report

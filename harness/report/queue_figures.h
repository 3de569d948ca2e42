// The figures of tables whose subjects take jobs from a queue.
#pragma once

#include <span>
#include <vector>

#include "harness/report/figures.h"

namespace bakeoff::report {

/// CPU per job leads. What became of jobs when a worker was killed stands in the tables where one was, and where jobs
/// were lost without that.
std::vector<Figure> queue_figures(std::span<const journal::Trial* const> trials);

}  // namespace bakeoff::report

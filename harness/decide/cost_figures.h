// What a candidate costs: the figures by which candidates that keep the limits are compared, from a row of a report.
#pragma once

#include "harness/report/figures.h"

namespace bakeoff::decide {

/// CPU time per request in us.
const report::Figure& cpu_figure();

/// PSS of the process tree and what the kernel holds for it, in MiB.
const report::Figure& memory_figure();

/// Requests per second.
const report::Figure& throughput_figure();

/// CPU time over the window, as a share of what all CPUs that it has could have given.
const report::Figure& busy_figure();

}  // namespace bakeoff::decide

// The columns of loads whose every request waits for the same time (journal/fixed_wait.h).
#pragma once

#include <vector>

#include "harness/report/figures.h"

namespace bakeoff::report {

/// The rate as a share of what N connections that wait can get, and how much later than asked the median reply came:
/// the timer's overshoot, the work of the request and its queueing together.
std::vector<Figure> waiting_figures();

}  // namespace bakeoff::report

// How a job that divides its work, or repeats it, scales with the number of units: notes under tables whose subjects
// are one executor with several values of `units=`. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/grid.h"

namespace bakeoff::report {

/// "thread: speed-up 1, 1.93 [1.90, 1.96] at 1, 2 units against one; with 2 units on 2 CPUs Amdahl's law gives a serial
/// share of 3.6 % [2.0, 5.3]": one line for each executor that ran with units=1 and with other values.
/// The speed-up is the paired ratio of the elapsed times, with its interval; void blocks do not count.
/// Where each unit does the whole work, it is that of the work of all of them over the time ("speed-up in work"), and
/// the laws, which are of work that is divided, say nothing. Units beyond the number of CPUs add no processor. Amdahl's
/// law and the Universal Scalability Law are therefore fitted to the points up to the number of CPUs, when there are
/// three or more. With fewer points, the largest alone gives the serial share, and its interval gives the interval of
/// the share.
std::vector<std::string> scaling_notes(const Grid& grid);

}  // namespace bakeoff::report

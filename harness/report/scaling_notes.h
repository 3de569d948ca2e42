// What becomes of a job whose work is shared out when there are more units: notes under tables whose subjects are one
// executor with several `units=`. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/grid.h"

namespace bakeoff::report {

/// "thread: speed-up 1, 1.93 [1.90, 1.96] at 1, 2 units against one; with 2 units on 2 CPUs Amdahl's law gives a serial
/// share of 3.6 % [2.0, 5.3]": a line for each that ran with units=1 and with others. The speed-up is the paired one of
/// the elapsed times, with its interval; blocks that are void do not count. Units beyond the CPUs add no processor:
/// Amdahl's law and the Universal Scalability Law are fitted to those up to the CPUs, where three or more are; of fewer
/// the largest alone gives the serial share, and its interval that of the share.
std::vector<std::string> scaling_notes(const Grid& grid);

}  // namespace bakeoff::report

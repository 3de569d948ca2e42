// What happens in some blocks only: notes under tables that count mishaps. A median hides them: of a race that lost
// updates in four blocks of nine it is 0. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/grid.h"

namespace bakeoff::report {

/// "thread:discipline=plain: lost % is above 0 in 4 of 9 blocks, 43.1 in the worst": a line for each subject and each
/// figure of mishaps (updates lost, deadlocks) that some of its blocks have and others have not. Void values do not
/// count.
std::vector<std::string> rare_event_notes(const Grid& grid);

}  // namespace bakeoff::report

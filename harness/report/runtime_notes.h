// What the runtimes of a table said of themselves: which version they are, how they collect garbage, and how much heap
// they may have. Their figures mean little without it. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/report/grid.h"

namespace bakeoff::report {

/// One line for all runtimes of the table, those alike together: "go 1.19.8: concurrent mark and sweep; java 17.0.9:
/// G1, heap 2000 MiB (java-nio, java-virtual); java 17.0.9: G1, heap 64 MiB (java-virtual:heap=64)". A limit that
/// differs from block to block is a range. Then a line for each subject whose trials ran on different runtimes. Empty
/// where no trial says anything of a runtime.
std::vector<std::string> runtime_notes(const Grid& grid);

}  // namespace bakeoff::report

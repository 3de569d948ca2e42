// The latencies of one row as a small table: one line per class, one column per figure, each with its unit.
#pragma once

#include <string>

#include "harness/journal/trial.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report::load {

/// Void figures are struck out. Columns that do not fit into the width are left out, the least telling first; where
/// there is room, classes are explained at the end of their lines. "" when the row has no latencies.
std::string latency_table(const journal::Trial& row, const TerminalStyle& style);

}  // namespace bakeoff::report::load

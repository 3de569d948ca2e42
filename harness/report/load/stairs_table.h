// A load that climbs from rate to rate, as a table whose lines are printed as they come.
#pragma once

#include <string>

#include "harness/journal/trial.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report::load {

/// What is loaded, and the titles of the columns. Lines, the last one ended too.
std::string stairs_head(const std::string& url, double step_s, const TerminalStyle& style);

/// One step. What is void is struck out, with the reason at the end of the line.
std::string stairs_line(const journal::Trial& row, const TerminalStyle& style);

}  // namespace bakeoff::report::load

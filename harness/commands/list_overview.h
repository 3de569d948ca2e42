// What `bakeoff list` prints where no kind is asked for: every name that there is, on one page.
#pragma once

#include <string>
#include <vector>

#include "harness/report/terminal_style.h"
#include "harness/subjects/subject.h"

namespace bakeoff::commands {

/// The models with their summaries, one line for each other name with as much of its summary as has room, and the names
/// of probes by what they measure. No line is wider than the style's sentences, nor than 80 columns: a page is read
/// more easily, and in a pipe it is the same. `executors` and `probes` are subjects of these roles.
std::string list_overview(const subjects::Inventory& inventory, const std::vector<subjects::Subject>& executors,
                          const std::vector<subjects::Subject>& probes,
                          const std::vector<subjects::NamedSummary>& experiments,
                          const std::vector<subjects::NamedSummary>& profiles, const report::TerminalStyle& style);

}  // namespace bakeoff::commands

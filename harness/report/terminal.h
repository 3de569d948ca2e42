// A report as plain text for a terminal.
#pragma once

#include <string>
#include <vector>

#include "harness/report/table.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report {

std::string terminal_table(const Table& table, const TerminalStyle& style = {});
/// Sentences that stand under each other, as in the head and the foot of a report.
std::string terminal_sentences(const std::vector<std::string>& sentences, const TerminalStyle& style = {});

std::string terminal_report(const Report& report, const TerminalStyle& style = {});

}  // namespace bakeoff::report

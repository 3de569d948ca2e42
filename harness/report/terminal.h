// A report as plain text for a terminal.
#pragma once

#include <cstddef>
#include <string>

#include "harness/report/table.h"

namespace bakeoff::report {

struct TerminalStyle {
  std::size_t width = 0;  ///< Columns; 0 is unlimited. A table that is wider is continued below, subjects repeated.
  bool colour = false;    ///< Bold, dim and strike-through escapes; otherwise "~5.5~" and "*".
};

std::string terminal_table(const Table& table, const TerminalStyle& style = {});
std::string terminal_report(const Report& report, const TerminalStyle& style = {});

}  // namespace bakeoff::report

// A report in the format that was asked for, and what the terminal can show.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/report/table.h"
#include "harness/report/terminal.h"

namespace bakeoff::commands {

/// The formats of render(), and of `run` and `report`.
inline const std::vector<std::string> kReportFormats{"terminal", "md", "csv", "json", "tex"};

/// `format` is one of kReportFormats.
std::string render(const report::Report& report, const std::string& format);

/// Width and colour of stdout: plain and unlimited if it is not a terminal; no colour with NO_COLOR (no-color.org).
report::TerminalStyle stdout_style();

/// The same for stderr, and how many lines it has; 0 if it is not a terminal or does not say.
struct Terminal {
  report::TerminalStyle style;
  std::size_t rows = 0;
};
Terminal stderr_terminal();

}  // namespace bakeoff::commands

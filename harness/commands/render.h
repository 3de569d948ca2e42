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

/// What may be written to stdout or stderr.
struct Terminal {
  /// Of a pipe or a file: no colour, tables of any width, sentences of 100 columns. Of a terminal: its columns, or 80
  /// where it does not say; colour unless NO_COLOR is set (no-color.org).
  report::TerminalStyle style;
  std::size_t rows = 0;  ///< Lines of the terminal; 0 if it is none, or does not say.
  bool is_terminal = false;
  /// It is a terminal, and one to which escapes may be sent: TERM is set, and is not "dumb".
  bool understands_escapes = false;
};

report::TerminalStyle stdout_style();
Terminal stderr_terminal();

/// Prints a message to stderr: lines as wide as the terminal, where it is one, otherwise one line.
void tell(const std::string& message);

}  // namespace bakeoff::commands

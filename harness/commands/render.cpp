#include "harness/commands/render.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"

namespace bakeoff::commands {
namespace {

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  if (::isatty(descriptor) == 0) return terminal;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
    terminal.style.width = size.ws_col;
    terminal.rows = size.ws_row;
  }
  const char* no_colour = std::getenv("NO_COLOR");
  terminal.style.colour = no_colour == nullptr || *no_colour == '\0';
  return terminal;
}

}  // namespace

report::TerminalStyle stdout_style() {
  return terminal_of(STDOUT_FILENO).style;
}

Terminal stderr_terminal() {
  return terminal_of(STDERR_FILENO);
}

std::string render(const report::Report& report, const std::string& format) {
  if (format == "json") return report::json_report(report);
  if (format == "md") return report::markdown_report(report);
  if (format == "csv") return report::csv_report(report);
  if (format == "tex") return report::latex_report(report);
  return report::terminal_report(report, stdout_style());
}

}  // namespace bakeoff::commands

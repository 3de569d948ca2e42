#include "harness/commands/render.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness/report/csv.h"
#include "harness/report/json.h"
#include "harness/report/latex.h"
#include "harness/report/markdown.h"
#include "harness/report/text_layout.h"

namespace bakeoff::commands {
namespace {

constexpr std::size_t kSentencesInPipe = 100;
constexpr std::size_t kUnknownWidth = 80;

std::string_view environment_text(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  if (::isatty(descriptor) == 0) {
    terminal.style.text_width = kSentencesInPipe;
    return terminal;
  }
  terminal.is_terminal = true;
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
    terminal.style.width = size.ws_col;
    terminal.rows = size.ws_row;
  }
  if (terminal.style.width == 0) terminal.style.width = kUnknownWidth;
  const std::string_view kind = environment_text("TERM");
  terminal.understands_escapes = !kind.empty() && kind != "dumb";
  terminal.style.colour = terminal.understands_escapes && environment_text("NO_COLOR").empty();
  return terminal;
}

}  // namespace

report::TerminalStyle stdout_style() {
  return terminal_of(STDOUT_FILENO).style;
}

Terminal stderr_terminal() {
  return terminal_of(STDERR_FILENO);
}

void tell(const std::string& message) {
  const Terminal terminal = stderr_terminal();
  fmt::print(stderr, "{}", report::wrapped_text(message, terminal.is_terminal ? terminal.style.width : 0, 2));
}

std::string render(const report::Report& report, const std::string& format) {
  if (format == "json") return report::json_report(report);
  if (format == "md") return report::markdown_report(report);
  if (format == "csv") return report::csv_report(report);
  if (format == "tex") return report::latex_report(report);
  return report::terminal_report(report, stdout_style());
}

}  // namespace bakeoff::commands

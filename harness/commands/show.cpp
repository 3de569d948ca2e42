#include "harness/commands/show.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "harness/report/json.h"
#include "harness/report/markdown.h"

namespace bakeoff {

TerminalStyle stdout_style() {
  TerminalStyle style;
  if (::isatty(STDOUT_FILENO) == 0) return style;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  const char* no_colour = std::getenv("NO_COLOR");
  style.colour = no_colour == nullptr || *no_colour == '\0';
  return style;
}

std::string render(const Report& report, const std::string& format) {
  if (format == "json") return json_report(report);
  if (format == "md") return markdown_report(report);
  return terminal_report(report, stdout_style());
}

}  // namespace bakeoff

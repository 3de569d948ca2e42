// A frame is one write. It moves up to its first line, erases and rewrites each line, then erases what a longer frame
// left below. The cursor stays visible and rests below the view, so that a kill leaves nothing to repair.
#include "harness/commands/live_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness/commands/render.h"
#include "harness/report/text_layout.h"

namespace bakeoff::commands {
namespace {

bool can_draw() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

/// How many lines of the screen are taken now by lines of these widths: a window that became narrower breaks them.
std::size_t rows_of(const std::vector<std::size_t>& widths, std::size_t columns) {
  std::size_t rows = 0;
  for (const std::size_t width : widths) rows += columns == 0 || width == 0 ? 1 : (width + columns - 1) / columns;
  return rows;
}

std::string up(std::size_t rows) {
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

}  // namespace

LiveView::LiveView(std::string title, double window_s, std::size_t cpus)
    : shown_(can_draw()), view_(std::move(title), window_s, cpus) {}

void LiveView::set_phase(std::string phase) {
  view_.set_phase(std::move(phase));
  draw();
}

void LiveView::add(const load::LoadInterval& interval) {
  if (!shown_) return;
  view_.add(interval);
  draw();
}

void LiveView::draw() {
  if (!shown_) return;
  const Terminal terminal = stderr_terminal();
  report::TerminalStyle plain{.width = terminal.style.width > 1 ? terminal.style.width - 1 : terminal.style.width};
  report::TerminalStyle style = plain;
  style.colour = terminal.style.colour;
  std::vector<std::string> lines = view_.view(style);
  // A view that is taller than the window would scroll, and its first line could not be reached again.
  if (terminal.rows > 1 && lines.size() >= terminal.rows) lines.resize(terminal.rows - 1);
  std::string frame = up(rows_of(drawn_, terminal.style.width));
  for (const std::string& line : lines) frame += "\x1b[2K" + line + "\n";
  frame += "\x1b[J";
  drawn_.clear();
  const std::vector<std::string> texts = view_.view(plain);
  for (std::size_t i = 0; i < lines.size(); ++i) drawn_.push_back(report::display_width(texts[i]));
  std::fwrite(frame.data(), 1, frame.size(), stderr);
  std::fflush(stderr);
}

void LiveView::clear() {
  if (drawn_.empty()) return;
  const std::string frame = up(rows_of(drawn_, stderr_terminal().style.width)) + "\x1b[J";
  drawn_.clear();
  std::fwrite(frame.data(), 1, frame.size(), stderr);
  std::fflush(stderr);
}

}  // namespace bakeoff::commands

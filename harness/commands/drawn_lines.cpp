// A frame is one write. It moves up to its first line, erases and rewrites each line, then erases what a longer frame
// left below. The cursor stays visible and rests below the lines, so that a kill leaves nothing to repair.
#include "harness/commands/drawn_lines.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/commands/render.h"
#include "harness/report/text_layout.h"

namespace bakeoff::commands {
namespace {

/// How many lines of the screen are taken now by lines of these widths: a window that became narrower breaks them.
std::size_t rows_of(const std::vector<std::size_t>& widths, std::size_t columns) {
  std::size_t rows = 0;
  for (const std::size_t width : widths) rows += columns == 0 || width == 0 ? 1 : (width + columns - 1) / columns;
  return rows;
}

std::string up(std::size_t rows) {
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

void write_frame(const std::string& frame) {
  std::fwrite(frame.data(), 1, frame.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

DrawnLines::DrawnLines() : shown_(stderr_terminal().understands_escapes) {}

std::size_t DrawnLines::columns() {
  const std::size_t width = stderr_terminal().style.width;
  return width > 1 ? width - 1 : width;
}

void DrawnLines::draw(const std::vector<std::string>& lines) {
  if (!shown_) return;
  const Terminal terminal = stderr_terminal();
  // Lines taller than the window would scroll, and the first could not be reached again.
  const std::size_t room = terminal.rows > 1 ? terminal.rows - 1 : lines.size();
  std::string frame = up(rows_of(drawn_, terminal.style.width));
  drawn_.clear();
  for (std::size_t i = 0; i < lines.size() && i < room; ++i) {
    frame += "\x1b[2K" + lines[i] + "\n";
    drawn_.push_back(report::display_width(lines[i]));
  }
  write_frame(frame + "\x1b[J");
}

void DrawnLines::clear() {
  if (drawn_.empty()) return;
  write_frame(up(rows_of(drawn_, stderr_terminal().style.width)) + "\x1b[J");
  drawn_.clear();
}

}  // namespace bakeoff::commands

// Lines on stderr that are drawn again in place: the progress of a run, the view of a running load. Only on a terminal
// that can move its cursor.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace bakeoff::commands {

class DrawnLines {
 public:
  DrawnLines();
  /// Leaves the screen as it was found, also when an error or Ctrl-C unwinds through here.
  ~DrawnLines() { clear(); }
  DrawnLines(const DrawnLines&) = delete;

  /// Whether anything is drawn: stderr is a terminal, and one that understands escapes (render.h).
  bool shown() const { return shown_; }
  /// How wide a line may be now: one column less than the terminal has, so that none is broken.
  static std::size_t columns();
  /// Puts these lines in the place of the last ones. None may be wider than columns(); escapes for colour take none.
  /// Those that the window has no room for are left out.
  void draw(const std::vector<std::string>& lines);
  /// Removes the lines, so that something else can be printed.
  void clear();

 private:
  const bool shown_;
  std::vector<std::size_t> drawn_;  ///< Width of each line on the screen.
};

}  // namespace bakeoff::commands

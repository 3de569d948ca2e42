// Draws the view of a load that runs (report/load_live.h): on stderr, in place, and only when that is a terminal.
#pragma once

#include <string>

#include "harness/report/load_live.h"

namespace bakeoff {

class Live {
 public:
  /// Nothing is drawn where stderr is no terminal, or one that cannot move its cursor (TERM=dumb).
  Live(std::string title, double window_s, std::size_t cpus);
  /// Leaves the screen as it was found, also when an error or Ctrl-C unwinds through here.
  ~Live() { clear(); }
  Live(const Live&) = delete;

  bool shown() const { return shown_; }
  void say(std::string phase);
  void add(const LoadInterval& interval);
  /// Removes the view, so that a result can be printed.
  void clear();

 private:
  void draw();

  const bool shown_;
  LoadLive view_;
  std::vector<std::size_t> drawn_;  ///< Width of each line on the screen.
};

}  // namespace bakeoff

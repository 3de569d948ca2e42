// Draws the view of a running load (report/load/progress_text.h): on stderr, in place, and only when that is a
// terminal.
#pragma once

#include <string>

#include "harness/report/load/progress_text.h"

namespace bakeoff::commands {

class LiveView {
 public:
  /// Nothing is drawn if stderr is not a terminal, or one that cannot move its cursor (TERM=dumb).
  LiveView(std::string title, double window_s, std::size_t cpus);
  /// Leaves the screen as it was found, also when an error or Ctrl-C unwinds through here.
  ~LiveView() { clear(); }
  LiveView(const LiveView&) = delete;

  bool shown() const { return shown_; }
  void set_phase(std::string phase);
  void add(const load::LoadInterval& interval);
  /// Removes the view, so that a result can be printed.
  void clear();

 private:
  void draw();

  const bool shown_;
  report::load::LoadProgressText view_;
  std::vector<std::size_t> drawn_;  ///< Width of each line on the screen.
};

}  // namespace bakeoff::commands

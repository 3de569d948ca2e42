// Draws the view of a running load (report/load/progress_text.h): on stderr, in place, and only where lines can be
// drawn (drawn_lines.h).
#pragma once

#include <string>
#include <utility>

#include "harness/commands/drawn_lines.h"
#include "harness/report/load/progress_text.h"

namespace bakeoff::commands {

class LiveView {
 public:
  LiveView(std::string title, double window_s, std::size_t cpus) : view_(std::move(title), window_s, cpus) {}

  bool shown() const { return lines_.shown(); }
  void set_phase(std::string phase);
  void add(const load::LoadInterval& interval);
  /// Removes the view, so that a result can be printed.
  void clear() { lines_.clear(); }

 private:
  void draw();

  DrawnLines lines_;
  report::load::LoadProgressText view_;
};

}  // namespace bakeoff::commands

// The view of a load while it runs, as lines of text. Pure: what was seen goes in, lines come out; commands/live_view.h
// draws them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "harness/load/plan.h"
#include "harness/report/load/series.h"
#include "harness/report/terminal_style.h"

namespace bakeoff::report::load {

class LoadProgressText {
 public:
  /// `title` names the load: its URL and what is asked of it. `cpus`: how many the generator has.
  LoadProgressText(std::string title, double window_s, std::size_t cpus)
      : title_(std::move(title)), window_s_(window_s), cpus_(cpus) {}

  /// What goes on before the window and after it: "connecting", "warming up for 1 s". Shown in place of the bar.
  void set_phase(std::string phase) { phase_ = std::move(phase); }
  /// The intervals of the window, in order.
  void add(const bakeoff::load::LoadInterval& interval);

  /// Lines without their newlines, none wider than style.width. Before the first interval two, then always the same
  /// number, so that nothing jumps.
  std::vector<std::string> view(const TerminalStyle& style) const;

 private:
  std::string title_;
  double window_s_;
  std::size_t cpus_;
  std::string phase_;
  bakeoff::load::LoadInterval all_;
  std::deque<bakeoff::load::LoadInterval> recent_;  ///< Those that make up the last second.
  LoadSeries series_;
  std::vector<double> rates_;  ///< The rate of each whole second.
};

/// The last values as characters of eight heights, at most `width`; the largest of all that are shown has full height.
std::string sparkline(const std::vector<double>& values, std::size_t width);

}  // namespace bakeoff::report::load

// The progress line: what runs and how much time is left. It is on stderr, only where lines can be drawn
// (drawn_lines.h), and never wider than the terminal.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "harness/commands/drawn_lines.h"
#include "harness/experiment/plan.h"

namespace bakeoff::commands {

class Progress {
 public:
  /// `rows` trials of the plan have been measured already.
  Progress(const experiment::Plan& plan, std::size_t rows);

  /// Shows what begins now: this trial, or the block that begins with it. `who` says who is measured.
  void begin(const experiment::PlannedTrial& trial, std::string_view who, int attempt, double elapsed_s);
  /// Learns how long a trial of its table takes.
  void done(const experiment::PlannedTrial& trial, double took_s);
  /// Removes the line, so that a table can be printed; the next begin() shows it again.
  void clear() { line_.clear(); }

 private:
  double left_s(const experiment::PlannedTrial& from) const;

  const experiment::Plan& plan_;
  DrawnLines line_;
  std::size_t done_;
  std::map<std::size_t, double> took_s_;  ///< By table, how long its last trial took.
};

/// "1:32"
std::string format_clock(double seconds);

}  // namespace bakeoff::commands

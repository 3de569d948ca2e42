// What one load came to, for a reader at a terminal: what was asked, throughput, latencies, what each side cost, what
// went wrong and what to do about it. A figure that may not be believed (harness/validity) is struck out and explained.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/report/terminal_style.h"
#include "harness/stats/histogram.h"

namespace bakeoff::report::load {

/// What the row does not say. Everything is optional.
struct LoadContext {
  std::vector<std::string> hints;  ///< One for each of the row's errors, "" where there is none (load/hints.h).
  std::string wrong_hint;          ///< The same on its wrong answers.
  std::string server;              ///< Whose cost the row holds: "nginx, 3 processes". "": a CPU beside the load's.
  bool checked = true;             ///< Replies were compared with what was asked.
};

/// Lines, the last one ended too. `row` has a client side; `latency` is by class, as ClientRow::latency_us, and may
/// lack any. No line is wider than style.width where that can be.
std::string load_summary(const journal::Trial& row, const std::map<std::string, stats::Histogram>& latency,
                         const LoadContext& remarks, const TerminalStyle& style = {});

/// "closed loop, pipeline 4", "5,000/s, Poisson", "ramp 1,000/s to 20,000/s, constant": of the row's parameters.
std::string load_in_words(const journal::Params& params);

}  // namespace bakeoff::report::load

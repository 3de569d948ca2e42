// bakeoff load URL --stairs 1k,2k,4k:10s: one open load after another, each at a higher or lower rate than the one
// before.
#pragma once

#include <string>
#include <vector>

#include "harness/commands/load_slo.h"

namespace bakeoff::commands {

struct Stairs {
  std::vector<double> rates_rps;  ///< Two at least, each other than the one before.
  double step_s = 0;              ///< How long each lasts.
};

/// "1k,2k,4k:10s". Throws UsageError naming --stairs.
Stairs parse_stairs(const std::string& text);

/// Loads step by step, and prints a line of the table on stdout as soon as a step is over; in the format json a row.
/// Returns kDone; kNoValid when no step has a latency that may be believed; or kInterrupted.
int climb_stairs(const std::string& url, const Stairs& stairs, double warmup_s, const std::string& format,
                 const LoadAtRate& load);

}  // namespace bakeoff::commands

// One histogram as one line of the side file, and back.
#pragma once

#include <string>
#include <string_view>

#include "harness/stats/histogram.h"

namespace bakeoff {

struct HistogramLine {
  std::string trial_id;
  int attempt = 1;
  std::string latency_class;  ///< "total", ...
  Histogram histogram;
};

/// One line without its newline: {"trial_id", "attempt", "class", "sum_ns", "max_ns", "clamped", "buckets"}, where a
/// bucket is [index, count] (Histogram::index_of).
std::string histogram_to_json(const std::string& trial_id, int attempt, const std::string& latency_class,
                              const Histogram& histogram);

/// Throws std::invalid_argument in one line.
HistogramLine histogram_from_json(std::string_view line);

}  // namespace bakeoff

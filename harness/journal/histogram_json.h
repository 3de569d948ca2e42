// One histogram as one line of the side file, and back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/fields.h"
#include "harness/stats/histogram.h"

namespace bakeoff::journal {

/// A histogram as JSON has it, here and between a load agent and its coordinator; its own fields are private.
struct HistogramParts {
  std::uint64_t sum_ns = 0, max_ns = 0, clamped = 0;
  std::vector<std::vector<std::uint64_t>> buckets;  ///< Pairs of index (Histogram::index_of) and count.

  HistogramParts() = default;
  explicit HistogramParts(const stats::Histogram& histogram);

  /// Throws std::invalid_argument in one line.
  stats::Histogram histogram() const;
};

inline constexpr fields::FieldTable kHistogramFields{
    fields::field<&HistogramParts::sum_ns>("sum_ns"),
    fields::field<&HistogramParts::max_ns>("max_ns"),
    fields::field<&HistogramParts::clamped>("clamped"),
    fields::field<&HistogramParts::buckets>("buckets").even_if_empty(),
};

struct HistogramLine {
  std::string trial_id;
  int attempt = 1;
  std::string latency_class;  ///< "total", ...
  stats::Histogram histogram;
};

/// One line without its newline: {"trial_id", "attempt", "class", "sum_ns", "max_ns", "clamped", "buckets"}, where a
/// bucket is [index, count].
std::string histogram_to_json(const std::string& trial_id, int attempt, const std::string& latency_class,
                              const stats::Histogram& histogram);

/// Throws std::invalid_argument in one line.
HistogramLine histogram_from_json(std::string_view line);

}  // namespace bakeoff::journal

#include "harness/report/flat_export.h"

#include <utility>

#include "harness/journal/trial_json.h"
#include "harness/validity/validity.h"

namespace bakeoff::report {
namespace {

namespace fields = journal::fields;

struct HistogramBucket {
  std::string trial_id;
  int attempt = 1;
  std::string latency_class;
  double low_us = 0, high_us = 0;
  std::uint64_t count = 0;
};

constexpr fields::FieldTable kHistogramBucketFields{
    fields::field<&HistogramBucket::trial_id>("trial_id"),   fields::field<&HistogramBucket::attempt>("attempt"),
    fields::field<&HistogramBucket::latency_class>("class"), fields::field<&HistogramBucket::low_us>("low_us"),
    fields::field<&HistogramBucket::high_us>("high_us"),     fields::field<&HistogramBucket::count>("count"),
};

/// Under each metric of the row the reason that voids it, "" where nothing does.
void spell_out_validity(journal::Trial& row) {
  std::map<std::string, std::string> reasons = row.validity;
  for (const std::string_view metric : validity::metrics_of(row.params.kind)) {
    reasons[std::string(metric)] = validity::void_reason(row, metric);
  }
  row.validity = std::move(reasons);
}

}  // namespace

std::string flat_trials(std::vector<journal::Trial> trials, FlatFormat format) {
  for (journal::Trial& row : trials) spell_out_validity(row);
  return flat_text(journal::flat_columns(trials), format);
}

std::string flat_histograms(const HistogramsOfTrials& histograms, FlatFormat format) {
  constexpr double kNsPerUs = 1e3;
  std::vector<HistogramBucket> buckets;
  for (const auto& [trial, classes] : histograms) {
    for (const auto& [latency_class, histogram] : classes) {
      for (const auto& [index, count] : histogram.buckets()) {
        const stats::Histogram::Bounds bounds = stats::Histogram::bounds_of(index);
        buckets.push_back({trial.trial_id, trial.attempt, latency_class, static_cast<double>(bounds.low_ns) / kNsPerUs,
                           static_cast<double>(bounds.high_ns) / kNsPerUs, count});
      }
    }
  }
  return flat_text(fields::flat_columns(kHistogramBucketFields, std::span<const HistogramBucket>(buckets)), format);
}

}  // namespace bakeoff::report

#include "harness/journal/histogram_json.h"

#include <stdexcept>
#include <utility>

#include "harness/journal/json.h"

namespace bakeoff::journal {
namespace {

struct HistogramLineParts {
  std::string trial_id;
  int attempt = 1;
  std::string latency_class;
  HistogramParts parts;
};

constexpr fields::FieldTable kHistogramLineFields{
    fields::field<&HistogramLineParts::trial_id>("trial_id"),
    fields::field<&HistogramLineParts::attempt>("attempt"),
    fields::field<&HistogramLineParts::latency_class>("class"),
    fields::embedded<&HistogramLineParts::parts, kHistogramFields>(),
};

}  // namespace

HistogramParts::HistogramParts(const stats::Histogram& histogram)
    : sum_ns(histogram.sum_ns()), max_ns(histogram.max_ns()), clamped(histogram.clamped()) {
  for (const auto& [index, count] : histogram.buckets()) buckets.push_back({index, count});
}

stats::Histogram HistogramParts::histogram() const {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> pairs;
  pairs.reserve(buckets.size());
  for (const auto& pair : buckets) {
    if (pair.size() != 2 || !std::in_range<std::uint32_t>(pair[0])) {
      throw std::invalid_argument("buckets: expected pairs of an index and a count");
    }
    pairs.emplace_back(static_cast<std::uint32_t>(pair[0]), pair[1]);
  }
  stats::Histogram made;
  made.restore(pairs, sum_ns, max_ns, clamped);
  return made;
}

std::string histogram_to_json(const std::string& trial_id, int attempt, const std::string& latency_class,
                              const stats::Histogram& histogram) {
  return fields::write_json(kHistogramLineFields, {trial_id, attempt, latency_class, HistogramParts(histogram)});
}

HistogramLine histogram_from_json(std::string_view text) {
  HistogramLineParts line;
  fields::read_json(kHistogramLineFields, text, line);
  if (line.trial_id.empty()) throw std::invalid_argument("trial_id: missing, so that this is no histogram");
  return {line.trial_id, line.attempt, line.latency_class, line.parts.histogram()};
}

}  // namespace bakeoff::journal

#include "harness/journal/histogram_json.h"

#include "harness/journal/fields.h"

namespace bakeoff {

std::string histogram_to_json(const std::string& trial_id, int attempt, const std::string& latency_class,
                              const Histogram& histogram) {
  fields::Json line;
  line["trial_id"] = trial_id;
  line["attempt"] = attempt;
  line["class"] = latency_class;
  line["sum_ns"] = histogram.sum_ns();
  line["max_ns"] = histogram.max_ns();
  line["clamped"] = histogram.clamped();
  line["buckets"] = histogram.buckets();
  return fields::dump(line, -1);
}

HistogramLine histogram_from_json(std::string_view text) {
  thread_local fields::Document document;
  const fields::Value& object = document.parse(text);
  HistogramLine line;
  std::uint64_t sum_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t clamped = 0;
  std::vector<std::vector<std::uint64_t>> pairs;
  fields::Reader reader(object, "");
  reader("trial_id", line.trial_id);
  reader("attempt", line.attempt);
  reader("class", line.latency_class);
  reader("sum_ns", sum_ns);
  reader("max_ns", max_ns);
  reader("clamped", clamped);
  reader("buckets", pairs);
  if (line.trial_id.empty()) throw std::invalid_argument("trial_id: missing, so that this is no histogram");
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets;
  buckets.reserve(pairs.size());
  for (const auto& pair : pairs) {
    if (pair.size() != 2 || !std::in_range<std::uint32_t>(pair[0])) {
      throw std::invalid_argument("buckets: expected pairs of an index and a count");
    }
    buckets.emplace_back(static_cast<std::uint32_t>(pair[0]), pair[1]);
  }
  line.histogram.restore(buckets, sum_ns, max_ns, clamped);
  return line;
}

}  // namespace bakeoff

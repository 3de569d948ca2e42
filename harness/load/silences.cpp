#include "harness/load/silences.h"

#include <algorithm>

namespace bakeoff::load {

void intersect(Silences& whole, const Silences& part) {
  if (part.threads == 0) return;
  if (whole.threads == 0) {
    whole = part;
    return;
  }
  std::vector<Silence> common;
  auto one = whole.list.begin();
  auto other = part.list.begin();
  while (one != whole.list.end() && other != part.list.end()) {
    const Silence both{.from_ns = std::max(one->from_ns, other->from_ns),
                       .to_ns = std::min(one->to_ns, other->to_ns),
                       .outstanding = one->outstanding + other->outstanding};
    if (both.to_ns >= both.from_ns + kLeastPauseNs) common.push_back(both);
    one->to_ns < other->to_ns ? ++one : ++other;
  }
  whole.list = std::move(common);
  whole.threads += part.threads;
}

void append(Silences& whole, const Silences& next) {
  whole.threads = std::max(whole.threads, next.threads);
  whole.list.insert(whole.list.end(), next.list.begin(), next.list.end());
}

bool tells_pauses(const journal::LoadShape& load) {
  return load.is_open() || load.connections * (load.churn ? 1 : load.pipeline) >= kLeastOutstanding;
}

journal::SubjectPauses pauses_among(const Silences& silences, double median_us) {
  constexpr double kNsPerUs = 1000;
  journal::SubjectPauses pauses;
  for (const Silence& silence : silences.list) {
    const double us = static_cast<double>(silence.to_ns - silence.from_ns) / kNsPerUs;
    if (silence.outstanding < kLeastOutstanding || us < kPauseOverMedian * median_us) continue;
    ++pauses.count;
    pauses.total_us += us;
    pauses.longest_us = std::max(pauses.longest_us, us);
  }
  return pauses;
}

}  // namespace bakeoff::load

#include "harness/load/fairness.h"

#include <algorithm>
#include <cmath>

namespace bakeoff::load {

void FairnessTally::add_to(AgentResult& result, double window_s) const {
  if (replies_.empty()) return;
  journal::Fairness fairness;
  fairness.connections = replies_.size();
  const auto [worst, best] = std::minmax_element(replies_.begin(), replies_.end());
  if (window_s > 0) {
    fairness.worst_rps = *worst / window_s;
    fairness.best_rps = *best / window_s;
  }
  for (std::size_t i = 0; i < replies_.size(); ++i) {
    const double replies = replies_[i];
    result.replies_sum += replies;
    result.replies_square_sum += replies * replies;
    if (buckets_.empty() || replies_[i] < kLeastReplies) continue;
    const double p99 = p99_us(i);
    fairness.p99_worst_us = std::max(fairness.p99_worst_us.value_or(p99), p99);
    fairness.p99_best_us = std::min(fairness.p99_best_us.value_or(p99), p99);
  }
  result.row.fairness = fairness;
}

double FairnessTally::p99_us(std::size_t connection) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(0.99 * replies_[connection]));
  std::uint64_t seen = 0;
  std::size_t index = 0;
  for (; index < kBuckets; ++index) {
    seen += buckets_[connection * kBuckets + index];
    if (seen >= rank) break;
  }
  // The middle of the bucket.
  const double octave = std::ldexp(1.0, static_cast<int>(kLowest + (index >> kBits)));
  const double part = static_cast<double>(index & ((1U << kBits) - 1)) + 0.5;
  return octave * (1 + part / (1U << kBits)) / 1000;
}

}  // namespace bakeoff::load

#include "harness/stats/variation.h"

#include <algorithm>
#include <vector>

#include "harness/stats/compare.h"

namespace bakeoff::stats {
std::optional<RatioVariation> ratio_variation(const Series& subject, const Series& baseline) {
  std::vector<double> within, medians;
  for (std::size_t block = 0; block < std::min(subject.size(), baseline.size()); ++block) {
    const std::vector<double> rounds = slice_log_ratios(subject[block], baseline[block]);
    if (rounds.size() < 2) continue;
    within.push_back(*robust_sigma(rounds));
    medians.push_back(*median(rounds));
  }
  if (medians.size() < 2) return std::nullopt;
  return RatioVariation{.within = *median(within), .between = *robust_sigma(medians)};
}

}  // namespace bakeoff::stats

#include "harness/stats/variation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/compare.h"

namespace bakeoff::stats {
std::optional<RatioVariation> ratio_variation(const Series& subject, const Series& baseline) {
  std::vector<double> distances, medians;
  for (std::size_t block = 0; block < std::min(subject.size(), baseline.size()); ++block) {
    const std::vector<double> rounds = slice_log_ratios(subject[block], baseline[block]);
    if (rounds.size() < 2) continue;
    for (std::size_t i = 0; i < rounds.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) distances.push_back(std::abs(rounds[i] - rounds[j]));
    }
    medians.push_back(*median(rounds));
  }
  if (medians.size() < 2) return std::nullopt;
  // The difference of two has twice the variance of one.
  return RatioVariation{.within = kSigmaOfDeviation * *median(distances) / std::sqrt(2.0),
                        .between = *robust_sigma(medians)};
}

}  // namespace bakeoff::stats

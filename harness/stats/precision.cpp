#include "harness/stats/precision.h"
#include <algorithm>
namespace bakeoff {
bool precision_reached(std::span<const Ratio> ratios, double wanted) {
  return std::all_of(ratios.begin(), ratios.end(), [&](const Ratio& r) {
    return r.interval && std::max(r.interval->high / r.median, r.median / r.interval->low) - 1 <= wanted;
  });
}
}  // namespace bakeoff

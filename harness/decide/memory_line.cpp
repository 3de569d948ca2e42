#include "harness/decide/memory_line.h"

#include <algorithm>
#include <cmath>

namespace bakeoff::decide {
namespace {

double slope(double upper, double lower, const MemoryPoint& above, const MemoryPoint& below) {
  return (upper - lower) / (static_cast<double>(above.connections) - static_cast<double>(below.connections));
}

}  // namespace

stats::Series extrapolated_memory(const std::vector<MemoryPoint>& points, std::uint64_t connections) {
  stats::Series values;
  if (points.size() < 2) return {};
  const MemoryPoint &most = points.front(), &fewest = points.back();
  const std::size_t blocks = std::min(most.mib.valid.size(), fewest.mib.valid.size());
  for (std::size_t block = 0; block < blocks; ++block) {
    const stats::BlockValue &upper = most.mib.valid[block], &lower = fewest.mib.valid[block];
    if (!upper || !lower) {
      values.emplace_back(std::nullopt);
      continue;
    }
    const double further = static_cast<double>(connections) - static_cast<double>(most.connections);
    values.emplace_back(*upper + slope(*upper, *lower, most, fewest) * further);
  }
  return values;
}

std::optional<double> bend(const std::vector<MemoryPoint>& points) {
  if (points.size() < 3) return std::nullopt;
  std::vector<std::optional<stats::Summary>> middle;
  for (const MemoryPoint& point : points) middle.push_back(stats::summarize(point.mib.valid));
  if (!middle[0] || !middle[1] || !middle[2]) return std::nullopt;
  const double above = slope(middle[0]->median, middle[1]->median, points[0], points[1]);
  const double below = slope(middle[1]->median, middle[2]->median, points[1], points[2]);
  if (!(below > 0)) return std::nullopt;
  return std::abs(above / below - 1);
}

}  // namespace bakeoff::decide

#include "harness/stats/usl.h"

#include <algorithm>

namespace bakeoff::stats {
namespace {

/// Sums of the least squares for y = sigma a + kappa b.
struct Sums {
  double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
};

Sums sums_of(std::span<const ScalingPoint> points) {
  Sums sums;
  for (const auto& [n, speedup] : points) {
    const double a = n - 1, b = n * (n - 1), y = n / speedup - 1;
    sums.aa += a * a;
    sums.ab += a * b;
    sums.bb += b * b;
    sums.ay += a * y;
    sums.by += b * y;
  }
  return sums;
}

}  // namespace

std::optional<ScalingFit> fit_scalability(std::span<const ScalingPoint> points) {
  const auto above_one = [](const ScalingPoint& point) { return point.processors > 1; };
  const auto one = std::ranges::find_if(points, above_one);
  const bool enough = one != points.end() && std::ranges::any_of(points, [&](const ScalingPoint& other) {
                        return above_one(other) && other.processors != one->processors;
                      });
  if (!enough) return std::nullopt;
  const Sums sums = sums_of(points);
  // Two different numbers of processors: the determinant is not 0.
  const double determinant = sums.aa * sums.bb - sums.ab * sums.ab;
  const ScalingFit fit{.sigma = (sums.ay * sums.bb - sums.by * sums.ab) / determinant,
                       .kappa = (sums.by * sums.aa - sums.ay * sums.ab) / determinant};
  if (fit.kappa < 0) return fit_amdahl(points);
  if (fit.sigma < 0) return ScalingFit{.sigma = 0, .kappa = std::max(0.0, sums.by / sums.bb)};
  return fit;
}

std::optional<ScalingFit> fit_amdahl(std::span<const ScalingPoint> points) {
  const Sums sums = sums_of(points);
  if (sums.aa == 0) return std::nullopt;
  return ScalingFit{.sigma = std::max(0.0, sums.ay / sums.aa), .kappa = 0};
}

double speedup_of(const ScalingFit& fit, double processors) {
  const double others = processors - 1;
  return processors / (1 + fit.sigma * others + fit.kappa * processors * others);
}

}  // namespace bakeoff::stats

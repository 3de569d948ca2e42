// How a speed-up over more and more processors is summed up: by Amdahl's law and by the Universal Scalability Law.
//
//   C(n) = n / (1 + sigma (n - 1) + kappa n (n - 1))
//
// sigma is the share of the work that one at a time does (contention), kappa what it costs each pair to agree
// (coherency); with kappa = 0 it is Amdahl's law (Gunther, "Guerrilla Capacity Planning", 2007, chapter 4). Fitted by
// least squares to n / C(n) - 1, which is linear in both. Pure.
#pragma once

#include <optional>
#include <span>

namespace bakeoff::stats {

struct ScalingPoint {
  double processors = 1;  ///< At least 1.
  double speedup = 1;     ///< Against one processor; above 0.
};

struct ScalingFit {
  double sigma = 0;  ///< 0 to 1 where the law holds; above 1 where more processors are slower than one.
  double kappa = 0;
};

/// Neither is ever negative: where the fit would have one below 0 (a speed-up above the number of processors, or
/// noise), it is 0 and the other is fitted alone. nullopt with fewer than two different numbers of processors above 1:
/// a curve through one point says nothing.
std::optional<ScalingFit> fit_scalability(std::span<const ScalingPoint> points);

/// Amdahl's: kappa is 0. nullopt without a point above 1 processor.
std::optional<ScalingFit> fit_amdahl(std::span<const ScalingPoint> points);

/// C(n).
double speedup_of(const ScalingFit& fit, double processors);

}  // namespace bakeoff::stats

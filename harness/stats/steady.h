// Has a series become steady? The rule by which a warm-up ends: programmers' guesses are wrong more often than not
// (Traini et al., "Towards effective assessment of steady state performance in Java software", Empirical Software
// Engineering 28, 2023), and a part of all programs never gets there (Barrett et al., "Virtual machine warmup blows hot
// and cold", OOPSLA 2017).
//
// The series, costs of slices of equal length, is cut into segments of one level each, as Barrett et al. do: the least
// squared error of the logarithms with a penalty for each segment, found exactly by the dynamic programme of Jackson et
// al. ("An algorithm for optimal partitioning of data on an interval", IEEE Signal Processing Letters 12(2), 2005). A
// single value that stands out, a collector's pause, is first brought back to its neighbours. Segments whose levels are
// within the margin of the last one are one with it. So is what lies between two of them and is dearer, where it is
// shorter than kLeastSteady and all of it together is a quarter of the stretch at the most: a neighbour on the machine,
// or a long collection, that came and went. What is dearer at the beginning is the warm-up. That last stretch is steady
// when
//   - it has lasted for kLeastSteady values, and for as long as all that came before it: the steps of a compiler come
//     ever later, so a program that was quick to change is believed sooner than one that was slow to; and
//   - it is so long that its halves would show a difference of the margin: two standard errors of that difference are
//   no
//     more; and
//   - its halves differ by no more than half the margin, as those of a stretch do that drifts by the margin.
// How often this is too early or too late is simulated in tests/harness/stats/steady_test.cpp; README.md has the
// figures. Pure: values in, values out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace bakeoff::stats {

inline constexpr double kSteadyMargin = 0.05;    ///< Levels that differ by less are one.
inline constexpr std::size_t kLeastSteady = 15;  ///< Values of the last stretch.

struct Steady {
  std::size_t from = 0;  ///< The first value of the steady stretch.
  double level = 0;      ///< Its median.
  /// The level, over that of the cheapest earlier stretch of kLeastSteady values or more, where it is above it by more
  /// than the margin: the steady state is not the best one.
  std::optional<double> over_earlier;
};

/// Of costs above 0, in their order; nullopt while they are not steady. The time is quadratic in their number.
std::optional<Steady> find_steady(std::span<const double> costs);

}  // namespace bakeoff::stats

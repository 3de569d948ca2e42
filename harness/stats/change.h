// Did a subject change between two runs? Answered from its ratio to a floor, a subject that both runs have.
//
// Two runs are not paired: between them the machine, its neighbours or the build of everything may have moved, and
// absolute values with them. A ratio within one run has lost what moved all its subjects alike; what is left is
// compared here. Two runs of one commit still differ by more than their intervals say, because what a run fixes
// (addresses, page colours, other programs on the machine) is the same in all its blocks. That is what the margin
// stands for. Pure: values in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "harness/stats/compare.h"

namespace bakeoff::stats {

/// How far two runs of the same commit on the same machine may lie apart, as a relative figure.
inline constexpr double kRunToRunMargin = 0.05;

/// "Same" is a claim too: the whole interval within this number of margins around 1. Two, because an unchanged subject
/// may lie one margin off, and a narrower band would leave nothing for the intervals of the two runs.
inline constexpr double kSameMargins = 2;

enum class ChangeVerdict : std::uint8_t { better, worse, same, cannot_tell };

/// "better", "worse", "same", "cannot tell".
std::string_view change_name(ChangeVerdict verdict);

struct Change {
  double median = 1;                 ///< The later ratio over the earlier one.
  std::optional<Interval> interval;  ///< Absent when one of the two has none.
  ChangeVerdict verdict = ChangeVerdict::cannot_tell;
  double worse_by = 0;              ///< 0.05: in the middle 5 % worse, whichever way is worse. Negative: better.
  std::optional<Interval> worse{};  ///< `interval` as a factor of which above 1 is worse: that of 1 + worse_by.
};

/// The interval reaches from the lower end of `after` over the upper end of `before` to the opposite: true wherever
/// both of them are. So it is wider than necessary: from two equally wide 95 % intervals it covers about 99 %, and
/// never less than 90 %. It assumes as little as they do. Better or worse: all of it beyond 1 by more than `margin`;
/// same: all of it within kSameMargins margins. Otherwise it cannot be told. `more_is_better` is said of the figure
/// whose ratios these are. Margin above 0.
Change change_between(const Ratio& before, const Ratio& after, double margin = kRunToRunMargin,
                      bool more_is_better = false);

}  // namespace bakeoff::stats

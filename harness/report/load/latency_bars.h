// A latency distribution as bars of characters.
//
// The ends of the bars are round: even steps where the latencies lie close together, otherwise preferred numbers
// (1, 1.5, 2.2, 3.3, 4.7, 6.8, 10, ...), as fine as at most sixteen lines allow. The quickest and the slowest
// thousandth of the samples go into the first and the last bar, so that one outlier does not squeeze all the rest into
// a single bar. Where most samples would still be in one bar, the ends hold up to three per cent, and the slow samples
// get coarser bars.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "harness/report/terminal_style.h"
#include "harness/stats/histogram.h"

namespace bakeoff::report::load {

inline constexpr std::size_t kMostBars = 16;  ///< Bars and the gaps between them.

struct LatencyBar {
  std::uint64_t up_to_ns = 0;  ///< Its upper end; of the last one the largest sample.
  std::uint64_t count = 0;     ///< Samples above the end of the bar before and up to this one's.
  bool after_gap = false;      ///< Three or more bars before it would have been empty; they are left out.
};

/// All samples, each in one bar; no bars without samples. The first and the last are not empty.
std::vector<LatencyBar> latency_bars(const stats::Histogram& histogram);

/// What of a distribution may not be believed: struck out where it stands.
struct VoidLatency {
  bool all = false;
  std::set<std::string> percentiles;  ///< "p99", ...
};

/// Lines "≤ 560 us ██████▌ 12,345 12.1 % p50", where p50, p90, p99 and p99.9 stand beside the bar that they fall into.
/// Each begins with `indent` spaces and ends with a newline; "" without samples.
std::string draw_latency_bars(const stats::Histogram& histogram, std::size_t indent, const TerminalStyle& style,
                              const VoidLatency& voids = {});

/// A bar of eighths of a character, `share` of `width` long: at least an eighth for what is more than nothing.
std::string draw_bar(double share, std::size_t width);

}  // namespace bakeoff::report::load

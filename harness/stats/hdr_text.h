// A histogram in the percentile text of HdrHistogram (outputPercentileDistribution, 5 ticks per half distance), for the
// plotters that read it: https://hdrhistogram.github.io/HdrHistogram/plotFiles.html and the like.
//
// Values are milliseconds, the unit that the plotter assumes, to the nanosecond. As there, a line's value is the upper
// end of its bucket, so that at least the stated share of the samples lies at or below it; the summary of a row gives
// the bucket's middle, which is up to 0.4 % less.
#pragma once

#include <string>

#include "harness/stats/histogram.h"

namespace bakeoff::stats {

/// The whole file. An empty histogram has a head and a foot and no line between them.
std::string hdr_percentile_text(const Histogram& histogram);

}  // namespace bakeoff::stats

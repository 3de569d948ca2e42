// The rows and the histograms of a result folder for programs that read tables: `bakeoff report DIR --trials` and
// `--histograms`. results/README.md says what the columns are and how R, pandas and DuckDB read them. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/journal/reader.h"
#include "harness/journal/trial.h"
#include "harness/report/flat_text.h"

namespace bakeoff::report {

/// One object or line per attempt, in the order of the rows, with everything that the row holds. A void metric keeps
/// its value. Its reason stands in the column validity.METRIC, which there is for every metric of the rows: it is
/// unknown where the metric may be believed. A reason that voids others too (everything, latency) stands in their
/// columns as well.
std::string flat_trials(std::vector<journal::Trial> trials, FlatFormat format);

using HistogramsOfTrials = std::map<journal::HistogramKey, std::map<std::string, stats::Histogram>>;

/// One object or line for each bucket that is not empty: trial_id, attempt, class, low_us, high_us (both belong to the
/// bucket), count.
std::string flat_histograms(const HistogramsOfTrials& histograms, FlatFormat format);

}  // namespace bakeoff::report

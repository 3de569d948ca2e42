// What a trial gives: its row, and what is kept beside it.
#pragma once

#include <map>
#include <string>

#include "harness/journal/trial.h"
#include "harness/stats/histogram.h"

namespace bakeoff::experiment {

struct TrialResult {
  journal::Trial row;
  std::map<std::string, stats::Histogram> histograms;  ///< By latency class; empty for jobs and without a window.
  bool load_failed = false;  ///< A load agent failed (LoadError::Cause::agent): the row says nothing of the subject.
};

}  // namespace bakeoff::experiment

// One load against a server that somebody else has started: the load itself, and what the machine says about it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/load/plan.h"
#include "harness/stats/histogram.h"

namespace bakeoff::commands {

struct LoadResult {
  journal::Trial row;  ///< Judged (harness/validity).
  std::map<std::string, stats::Histogram> latency;
  std::string server;              ///< Which processes' cost the row holds, "" when they are not known.
  std::vector<std::string> hints;  ///< One for each of the row's errors.
};

/// Who wants to see it happen. Both may be empty.
struct LoadWatcher {
  std::function<void(const std::string& phase)> phase;
  std::function<void(const load::LoadInterval&)> interval;  ///< When plan.interval_s says how long they are.
};

/// Blocks for the whole load. Interrupted in its window, it gives what there was until then; earlier, it throws
/// Interrupted. Throws LoadError when the load cannot be made.
LoadResult load_once(const std::string& url, const load::AgentPlan& plan, const std::vector<int>& cpus,
                 const LoadWatcher& watcher = {});

}  // namespace bakeoff::commands

// One load against a server that was started elsewhere: the load itself, and what the machine says about it.
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
  journal::Trial row{};  ///< Judged (harness/validity).
  std::map<std::string, stats::Histogram> latency{};
  std::string server{};              ///< The processes whose cost the row holds; "" when they are not known.
  std::vector<std::string> hints{};  ///< One per error of the row.
  std::string wrong_hint{};          ///< On its wrong answers; "" for none.
};

/// Callbacks that follow the progress of a load. Both may be empty.
struct LoadWatcher {
  std::function<void(const std::string& phase)> phase;
  std::function<void(const load::LoadInterval&)> interval;  ///< Called if plan.interval_s gives a length.
};

/// Blocks for the whole load. If it is interrupted in its window, it returns what was measured until then; if earlier,
/// it throws Interrupted. Throws LoadError when the load cannot be made.
LoadResult load_once(const std::string& url, const load::AgentPlan& plan, const std::vector<int>& cpus,
                     const LoadWatcher& watcher = {});

}  // namespace bakeoff::commands

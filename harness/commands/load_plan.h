// From the options of `bakeoff load` to the plan of the load, and to the parameters that its row keeps.
#pragma once

#include <vector>

#include "harness/commands/commands.h"
#include "harness/journal/trial.h"
#include "harness/load/plan.h"

namespace bakeoff {

/// Both throw UsageError for what cannot be done: option, what was found, what is expected.
AgentPlan plan_of(const LoadOptions& options);
std::vector<int> generator_cpus(const LoadOptions& options);

Params params_of(const AgentPlan& plan);

}  // namespace bakeoff

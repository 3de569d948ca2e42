// From the options of `bakeoff load` to the plan of the load, and to the parameters that its row keeps.
#pragma once

#include <string>
#include <vector>

#include "harness/commands/commands.h"
#include "harness/journal/trial.h"
#include "harness/load/plan.h"
#include "harness/load/slo.h"

namespace bakeoff::commands {

/// "p99=5ms". Throws UsageError naming --slo.
load::Slo slo_of(const std::string& text);
/// "exponential:100000". Throws UsageError naming --think.
void check_think_time(const std::string& text);
void check_session_requests(const std::string& text);

/// Both throw UsageError for what cannot be done: option, what was found, what is expected.
load::AgentPlan plan_of(const LoadOptions& options);
/// The CPUs of a list as 0,2-3.
std::vector<int> generator_cpus(const std::string& list);

journal::Params params_of(const load::AgentPlan& plan);

}  // namespace bakeoff::commands

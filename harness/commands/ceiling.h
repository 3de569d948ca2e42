// What the generator could do at most: the load against a server that does nothing.
#pragma once

#include <optional>
#include <vector>

#include "harness/load/plan.h"

namespace bakeoff::commands {

/// Requests a second of a closed loop against the null server (workloads/null_server.h) that has as many connections
/// (1,000 at most) and as deep a pipeline as `like`, from `load_cpus`; the server is on the other allowed CPUs.
/// Blocks for about a second. nullopt when it cannot be measured, is void for others
/// on the CPUs, or is interrupted.
std::optional<double> generator_ceiling_rps(const load::AgentPlan& like, const std::vector<int>& load_cpus);

}  // namespace bakeoff::commands

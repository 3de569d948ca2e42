// The most that the generator could do: the rate of its load against a server that does nothing.
#pragma once

#include <optional>
#include <vector>

#include "harness/load/plan.h"

namespace bakeoff::commands {

/// The requests per second of a closed loop on `load_cpus` against the null server (workloads/null_server.h), which
/// runs on the other allowed CPUs. The loop has as many connections (1,000 at most) and as deep a pipeline as `like`.
/// Blocks for about a second. nullopt when it cannot be measured, when other programs on the CPUs make it void, or when
/// it is interrupted.
std::optional<double> generator_ceiling_rps(const load::AgentPlan& like, const std::vector<int>& load_cpus);

}  // namespace bakeoff::commands

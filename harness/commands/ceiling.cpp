#include "harness/commands/ceiling.h"

#include <algorithm>

#include "harness/load/coordinator.h"
#include "harness/measure/cpu_sets.h"
#include "harness/selftest/fault_runner.h"
#include "harness/selftest/null_check.h"
#include "harness/subjects/server.h"

namespace bakeoff::commands {

std::optional<double> generator_ceiling_rps(const load::AgentPlan& like, const std::vector<int>& load_cpus) {
  std::vector<int> others = measure::allowed_cpus();
  std::erase_if(others, [&](int cpu) { return std::find(load_cpus.begin(), load_cpus.end(), cpu) != load_cpus.end(); });
  if (others.empty()) others = load_cpus;
  constexpr std::uint64_t kMostConnections = 1000;
  load::AgentPlan plan = selftest::null_plan(like.workload);
  plan.load.connections = std::min(like.load.connections, kMostConnections);
  plan.load.pipeline = like.load.pipeline;
  plan.load.message_bytes = like.load.message_bytes;
  plan.load.churn = like.load.churn;
  plan.unix_socket = like.unix_socket;
  try {
    const selftest::Observation seen = selftest::FaultRunner(others, load_cpus).observe(plan, {.null = true});
    // A void figure is not a ceiling: when throttled, it would be the quota's and not the generator's.
    if (seen.client.row.replies_ok == 0 || !selftest::noise_reason(seen).empty()) return std::nullopt;
    return seen.client.row.throughput_rps;
  } catch (const std::exception&) {
    return std::nullopt;  // An interrupt too: the load above has its result, and that is what counts.
  }
}

}  // namespace bakeoff::commands

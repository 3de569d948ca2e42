#include "harness/experiment/trial_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/experiment/limits.h"
#include "harness/experiment/warm_up.h"

namespace bakeoff::experiment {

load::AgentPlan load_plan_of(const journal::Trial& row, const TableSpec& table, const subjects::Subject& subject,
                             std::uint16_t port) {
  load::AgentPlan plan;
  plan.workload = row.workload;
  plan.port = port;
  plan.host_field = port == 0 ? "localhost" : fmt::format("127.0.0.1:{}", port);
  plan.load = row.params.load;
  // A row that somebody else has written may say none of these.
  plan.load.connections = std::max<std::uint64_t>(plan.load.connections, 1);
  plan.load.pipeline = std::max<std::uint64_t>(plan.load.pipeline, 1);
  if (plan.load.message_bytes == 0) plan.load.message_bytes = journal::LoadShape{}.message_bytes;
  plan.load.idle = idle_that_fit(subject, row.params);
  plan.timeout_s = table.timeout_s;
  plan.seed = row.seed;
  plan.warmup_s = table.warmup_s;
  if (subject.foreign && steady_limit_s(table, subject) == 0) {
    plan.warmup_s = std::max(plan.warmup_s, subject.foreign->warmup_s);
  }
  plan.window_s = table.window_s;
  plan.verify = true;
  plan.verify_whole = !subject.foreign;
  return plan;
}

}  // namespace bakeoff::experiment

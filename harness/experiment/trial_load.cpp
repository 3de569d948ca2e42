#include "harness/experiment/trial_load.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/experiment/limits.h"

namespace bakeoff::experiment {

load::AgentPlan load_plan_of(const journal::Trial& row, const TableSpec& table, const subjects::Subject& subject, std::uint16_t port) {
  load::AgentPlan plan;
  plan.workload = row.workload;
  plan.port = port;
  plan.request = row.params.request.value_or("");
  plan.host_field = fmt::format("127.0.0.1:{}", port);
  plan.message_bytes = row.params.message_bytes.value_or(64);
  plan.connections = row.params.connections.value_or(1);
  plan.pipeline = row.params.pipeline.value_or(1);
  plan.rate_rps = row.params.rate_rps.value_or(0);
  plan.ramp_to_rps = row.params.ramp_to_rps.value_or(0);
  plan.poisson = row.params.arrivals == "poisson";
  plan.churn = row.params.churn.value_or(false);
  plan.idle = idle_that_fit(subject, row.params);
  plan.idle_asks = row.params.idle_asks.value_or(false);
  plan.slow_senders = row.params.slow_senders.value_or(0);
  plan.slow_readers = row.params.slow_readers.value_or(0);
  plan.timeout_s = table.timeout_s;
  plan.seed = row.seed;
  plan.warmup_s = std::max(table.warmup_s, subject.foreign ? subject.foreign->warmup_s : 0);
  plan.window_s = table.window_s;
  plan.verify = true;
  plan.verify_whole = !subject.foreign;
  return plan;
}

}  // namespace bakeoff::experiment

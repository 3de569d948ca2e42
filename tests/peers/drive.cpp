#include "tests/peers/drive.h"

#include <stdexcept>

#include "harness/load/coordinator.h"
#include "harness/load/monotonic.h"
#include "harness/stats/summary.h"

namespace bakeoff {

AgentPlan plan_of(const Load& load, std::uint16_t port, double window_s) {
  AgentPlan plan;
  plan.workload = load.workload;
  plan.request = load.request;
  plan.host_field = "127.0.0.1";
  plan.port = port;
  plan.connections = load.connections;
  plan.pipeline = load.pipeline;
  plan.warmup_s = 0.3;
  plan.window_s = window_s;
  return plan;
}

Cost drive(Running& server, const Load& load, double window_s) {
  Coordinator coordinator(plan_of(load, server.port, window_s), kLoadCpus);
  const auto window = coordinator.start();
  sleep_until_ns(window.begin_ns);
  const auto before = server.cgroup.read_cpu();
  sleep_until_ns(window.end_ns);
  const auto after = server.cgroup.read_cpu();
  const AgentResult result = coordinator.result();
  if (result.row.wrong_answers != 0 || result.row.replies_ok == 0) {
    throw std::runtime_error("wrong or no answers: " + result.complaint);
  }
  if (!before || !after) throw std::runtime_error("no cgroup: CPU per request cannot be told exactly");
  const auto replies = static_cast<double>(result.row.replies_ok);
  return {(after->total_us - before->total_us) / replies, result.row.generators.front().cpu_us / replies,
          result.row.throughput_rps};
}

double middle(const Series& values) {
  std::vector<double> present;
  for (const auto& value : values) present.push_back(value.value_or(0));
  return median(present).value_or(0);
}

}  // namespace bakeoff

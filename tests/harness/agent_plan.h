// A short load of a server in this process.
#pragma once

#include <cstdint>
#include <string>

#include "harness/load/plan.h"

namespace bakeoff::test {

inline AgentPlan plan_for(const std::string& workload, std::uint16_t port, double window_s = 0.1) {
  AgentPlan plan;
  plan.workload = workload;
  plan.port = port;
  plan.host_field = "127.0.0.1";
  plan.connections = 4;
  plan.warmup_s = 0.02;
  plan.window_s = window_s;
  return plan;
}

}  // namespace bakeoff::test

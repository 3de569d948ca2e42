// One window of load on a server that runs, and what it cost both sides.
#pragma once

#include <cstdint>
#include <string>

#include "harness/load/plan.h"
#include "harness/stats/compare.h"
#include "tests/peers/servers.h"

namespace bakeoff {

struct Settings {
  std::size_t pairs = 9;
  double window_s = 2;
  std::string only;

  bool wants(const std::string& part) const { return only.empty() || only == part; }
};

struct Load {
  std::string workload, request;
  std::uint64_t connections = 32, pipeline = 1;
};

struct Cost {
  double server_us = 0;     ///< CPU a request.
  double generator_us = 0;  ///< CPU a request.
  double rps = 0;
};

AgentPlan plan_of(const Load& load, std::uint16_t port, double window_s);

/// Throws std::runtime_error for wrong answers, or where CPU cannot be told exactly.
Cost drive(Running& server, const Load& load, double window_s);

/// The median; windows that were not are 0.
double middle(const Series& values);

}  // namespace bakeoff

// One window of load on a server that runs, and what it cost both sides.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/load/plan.h"
#include "harness/stats/compare.h"
#include "tests/peers/servers.h"

namespace bakeoff::peers {

struct PeersOptions {
  std::size_t pairs = 9;
  double window_s = 2;
  std::vector<std::string> only;  ///< Empty: everything.

  bool wants(const std::string& part) const {
    return only.empty() || std::find(only.begin(), only.end(), part) != only.end();
  }
  /// Whether one of the parts stands in a comparison's name.
  bool compares(const std::string& name) const {
    return only.empty() || std::any_of(only.begin(), only.end(),
                                       [&](const std::string& part) { return name.find(part) != std::string::npos; });
  }
};

inline constexpr double kWarmUpS = 0.3;

struct PeerLoad {
  std::string workload, request;
  std::uint64_t connections = 32, pipeline = 1;
  double warmup_s = kWarmUpS;  ///< Before every window; of servers in slices, before the first.
};

struct Cost {
  double server_us = 0;     ///< CPU a request.
  double generator_us = 0;  ///< CPU a request.
  double rps = 0;
};

/// A client program, run to its end.
struct ClientRun {
  double figure = 0;  ///< The figure in its output.
  double cpu_us = 0;
  double took_s = 0;
};

/// Throws std::runtime_error with what it said when it fails, or when `figure_of` its output is not above 0.
ClientRun drive_client(const std::vector<std::string>& argv,
                       const std::function<double(const std::string& output)>& figure_of);

load::AgentPlan peer_plan(const PeerLoad& load, std::uint16_t port, double window_s);

/// Throws std::runtime_error for wrong answers, or where CPU cannot be told exactly.
Cost drive(RunningServer& server, const PeerLoad& load, double window_s);

/// What one block gave of a server that alternated with others.
struct SlicedCost {
  stats::BlockValue server_us, rps;
};

/// Starts them all, and goes round them in slices until each has had `window_s` (harness/stats/README.md). One result
/// for each. `block` turns the order. Throws as drive() does.
std::vector<SlicedCost> drive_in_slices(std::span<const Start> starts, const PeerLoad& load, double window_s,
                                        std::size_t block);

/// The median; windows that were not are 0.
double median_of(const stats::Series& values);

/// "[0.95, 1.02]"
std::string interval_text(const std::optional<stats::Interval>& interval);

}  // namespace bakeoff::peers

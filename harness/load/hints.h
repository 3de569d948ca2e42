// What to do about an error: one short sentence for each kind that a load can meet. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/trial.h"
#include "harness/load/plan.h"

namespace bakeoff::load {

/// What the count of an error does not say about where it happened. Unknown is absent.
struct HintContext {
  bool local = false;        ///< The server is on this machine, so that its counters tell of it.
  bool unix_socket = false;  ///< The load goes to a Unix socket, of which no counter tells.
  /// Rise during the load (harness/measure/netstat.h).
  std::optional<std::uint64_t> listen_overflows = {}, listen_drops = {};
  std::optional<std::uint64_t> somaxconn = {};                                ///< No accept queue here is longer.
  std::optional<std::uint64_t> descriptors_soft = {}, descriptors_hard = {};  ///< Limits of the generator's process.
  std::optional<std::uint64_t> ports = {};                                    ///< Size of ip_local_port_range.
  std::uint64_t sources = 1;  ///< Local addresses that the load connects from.
  bool churn = false;
  double connect_timeout_s = 0, timeout_s = 0;
};

/// "" for a kind that is not known. Ends with a full stop.
std::string hint_for(const journal::ErrorCount& error, const HintContext& context);

/// On wrong answers to such a load; "" where they are the server's fault, and nothing is to be done about the load.
std::string hint_for_wrong(const AgentPlan& plan);

/// One for each of `errors`, in their order.
std::vector<std::string> hints_for(const std::vector<journal::ErrorCount>& errors, const HintContext& context);

}  // namespace bakeoff::load

// Before a load: every kind of reply is asked for once and checked, on a connection of its own.
#pragma once

#include <atomic>
#include <string>

#include "harness/load/link.h"
#include "harness/load/plan.h"

namespace bakeoff {

/// "" when every reply was right, otherwise "verify: ..." in one line. Counts what it sends and receives into
/// `receipt`. Blocks until it is through, for plan.connect_timeout_s at most.
std::string verify_server(const AgentPlan& plan, const Peer& peer, const std::atomic<bool>& stop,
                          ClientReceipt& receipt);

}  // namespace bakeoff

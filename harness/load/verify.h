// Before a load: every kind of reply is asked for once and checked, on a connection of its own.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "harness/load/load_connection.h"
#include "harness/load/plan.h"

namespace bakeoff::load {

struct VerifyResult {
  std::string complaint;      ///< "" when every reply was right, otherwise "verify: ..." in one line.
  bool wrong_answer = false;  ///< The complaint is about a reply that is wrong, and not about one that is missing.
};

/// Counts what it sends and receives into `receipt`. Blocks until it is through, for plan.connect_timeout_s at most.
VerifyResult verify_server(const AgentPlan& plan, const SocketAddress& peer, const std::atomic<bool>& stop,
                           journal::ClientReceipt& receipt);

/// Whether verify_server()'s complaint is about bytes that the server sent and would send again, not about a
/// connection.
bool is_wrong_answer(std::string_view complaint);

}  // namespace bakeoff::load

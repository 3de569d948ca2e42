// Which address of a server is taken: a name may have several (localhost: 127.0.0.1 and ::1), and a server may listen
// on one of them only.
#pragma once

#include <atomic>
#include <span>

#include "harness/load/plan.h"
#include "harness/load/socket_address.h"

namespace bakeoff::load {

/// The plan's server. Where its name has several addresses it is the first that accepts a connection, which is closed
/// again at once; a single address is taken unasked. Blocks for the resolver, and for plan.connect_timeout_s at each
/// address at the most. Throws std::runtime_error naming all that was tried, and also when `stop` becomes true.
SocketAddress reachable_address(const AgentPlan& plan, const std::atomic<bool>& stop);

/// The same of these addresses, at least one.
SocketAddress first_reachable(std::span<const SocketAddress> addresses, double timeout_s,
                              const std::atomic<bool>& stop);

}  // namespace bakeoff::load

// Whether a server does what workloads/PROTOCOLS.md wants: everything is tried in one go, and each thing that it does
// not do is said with what was sent, what was expected and what came. For the developers of subjects, ours and others'.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/conform/conversation_case.h"
#include "harness/load/load_connection.h"

namespace bakeoff::conform {

struct Complaint {
  std::string check;  ///< What was tried: "requests in single bytes".
  std::string sent, expected, came;
};

struct Conversations {
  Topic topic;
  std::size_t connections = 1000;  ///< At once, in the check of a crowd. 1: the server has one connection at a time.
};

struct ConformResult {
  std::size_t checks = 0;  ///< How many were tried.
  std::vector<Complaint> complaints;
};

/// Talks to the server, whose store is emptied. Blocks for some seconds, at most 10 s for each check; throws
/// Interrupted where `stop` becomes true.
ConformResult check_conversations(const load::SocketAddress& peer, const Conversations& what,
                                  const std::atomic<bool>& stop);

}  // namespace bakeoff::conform

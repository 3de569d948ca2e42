#include "harness/load/reachable_address.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/load/blocking_connection.h"
#include "harness/measure/monotonic.h"

namespace bakeoff::load {
namespace {

struct Attempt {
  SocketAddress peer;
  std::string reason;
};

/// "connect to [::1]:80 and 127.0.0.1:80: Connection refused", or each for itself where they differ.
std::string in_one_line(const std::vector<Attempt>& attempts) {
  const bool alike =
      std::ranges::all_of(attempts, [&](const Attempt& attempt) { return attempt.reason == attempts.front().reason; });
  std::string text;
  for (const Attempt& attempt : attempts) {
    if (!alike) {
      text += (text.empty() ? "" : "; ") + connect_failure(attempt.peer, attempt.reason);
    } else {
      const bool last = &attempt == &attempts.back();
      text += (text.empty() ? "connect to " : last ? " and " : ", ") + attempt.peer.text();
    }
  }
  return alike ? text + ": " + attempts.front().reason : text;
}

}  // namespace

SocketAddress first_reachable(std::span<const SocketAddress> addresses, double timeout_s,
                              const std::atomic<bool>& stop) {
  if (addresses.size() == 1) return addresses.front();
  std::vector<Attempt> attempts;
  for (const SocketAddress& address : addresses) {
    try {
      const BlockingConnection probe(address, measure::now_ns() + static_cast<std::uint64_t>(timeout_s * 1e9), stop);
      return address;
    } catch (const ConnectError& error) {
      attempts.push_back({address, error.reason});
    }
  }
  throw std::runtime_error(in_one_line(attempts));
}

SocketAddress reachable_address(const AgentPlan& plan, const std::atomic<bool>& stop) {
  if (!plan.unix_socket.empty()) return address_of(plan);
  return first_reachable(addresses_of(plan.host, plan.port), plan.connect_timeout_s, stop);
}

}  // namespace bakeoff::load

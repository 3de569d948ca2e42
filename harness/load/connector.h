// Opens many connections at a pace that no accept queue overflows: 64 handshakes under way at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/load/load_connection.h"

namespace bakeoff::load {

/// Addresses to connect from, in turn. Empty: the kernel chooses.
class SourceAddresses {
 public:
  SourceAddresses() = default;
  /// Throws std::runtime_error naming an entry that is not an address.
  explicit SourceAddresses(const std::vector<std::string>& addresses);
  const SocketAddress* next() { return peers_.empty() ? nullptr : &peers_[next_++ % peers_.size()]; }

 private:
  std::vector<SocketAddress> peers_;
  std::size_t next_ = 0;
};

/// Connects all of `connections`; calls `opened` for each that is, `failed` with its errno for each that is not.
/// A handshake may take `timeout_s`; when it has for all that are under way, or there is no descriptor left, the rest
/// is not tried and fails in the same way. So it does when the accept queue of a Unix socket has been full for as long.
/// Blocks until all are through, or `stop`.
void connect_paced(std::span<LoadConnection> connections, const SocketAddress& peer, SourceAddresses& sources,
                   double timeout_s, const std::atomic<bool>& stop, const std::function<void(LoadConnection&)>& opened,
                   const std::function<void(LoadConnection&, int)>& failed);

}  // namespace bakeoff::load

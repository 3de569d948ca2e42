// The accept loop of the models in which one thread accepts and nothing else waits on it: wait, accept, pause at a
// limit of the system, count. What becomes of a connection is the model's.
#pragma once

#include <cstdint>
#include <utility>

#include "models/net.h"

namespace bakeoff::models {

/// Used by one thread. Neither owns the listener nor the stop token.
class BlockingAcceptor {
 public:
  /// `flags` is what the accepted sockets have: 0, or SOCK_NONBLOCK.
  BlockingAcceptor(const Listener& listener, const StopToken& stop, int flags)
      : listener_(listener.socket.get()), stop_(stop), flags_(flags) {}

  /// Blocks the thread until a connection is accepted. An empty descriptor when the stop has come. At a limit on
  /// descriptors or memory it stops accepting for a moment, and then tries again. Throws std::system_error when the
  /// listener is unusable.
  Descriptor wait_for_connection() {
    while (wait_acceptable(listener_, stop_)) {
      Accepted accepted = accept_from(listener_, flags_);
      if (accepted.status == AcceptStatus::limit) pauses_.wait(stop_, Resource::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++accepted_;
      return std::move(accepted.socket);
    }
    return {};
  }

  std::uint64_t accepted() const { return accepted_; }
  /// Also for the pauses that the model itself makes, because a thread or a process was refused.
  AcceptPauses& pauses() { return pauses_; }

 private:
  int listener_;
  const StopToken& stop_;
  int flags_;
  std::uint64_t accepted_ = 0;
  AcceptPauses pauses_;
};

}  // namespace bakeoff::models

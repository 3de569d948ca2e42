// Serving connections on an epoll loop: what the loops of event-loops do, whoever they are and wherever their
// connections come from.
//
// Who waits: the thread, in epoll_wait(). Who owns: the server owns its loop and what the connections on it share
// (epoll/connection.h), and closes them when it goes.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/epoll/connection.h"
#include "models/net.h"

namespace bakeoff::models::epoll {

/// What a server counts and others see, between threads or, in shared memory, between processes.
struct ServerTally {
  std::atomic<std::uint64_t> connections{0};  ///< Accepted,
  std::atomic<std::uint64_t> live{0};         ///< and not yet ended.
  std::atomic<std::uint64_t> accept_pauses{0};
  std::atomic<int> accept_error{0};  ///< For which they paused.
};

/// Made, used and destroyed on one thread.
class EpollServer {
 public:
  /// `tallies` are those of all servers, of which this is number `own`. Throws std::system_error when there is no
  /// descriptor for its loop.
  EpollServer(workloads::Service& service, std::span<ServerTally> tallies, std::size_t own);
  EpollServer(const EpollServer&) = delete;
  EpollServer& operator=(const EpollServer&) = delete;
  /// Closes every connection.
  ~EpollServer();

  /// Accepts and serves until the stop comes. With `competing`, others wait on the same listener in loops of their own:
  /// the kernel wakes one of them for each connection, they take turns at being that one, and one that has more than
  /// its share or is out of descriptors leaves the listener to the others.
  void serve(int listener, bool competing, const StopToken& stop);

  /// Serves what is sent to it until the sender ends.
  void serve(SocketInbox& inbox);

 private:
  class AcceptHandler;
  class StopHandler;
  class InboxHandler;

  void add_connection(Descriptor socket);

  std::span<ServerTally> tallies_;
  ServerTally& tally_;
  EpollLoopState state_;
};

}  // namespace bakeoff::models::epoll

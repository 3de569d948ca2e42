// Serves connections on an epoll loop: what event-loop, and each loop of event-loops, does with reactor=epoll. A loop
// may be a process or a thread, and accepts its connections or is sent them.
//
// Who waits: the thread, in epoll_wait(). Who owns: the server owns its loop and what the connections on it share
// (epoll/connection.h), and closes the connections when it is destroyed.
#pragma once

#include <cstddef>
#include <span>

#include "models/epoll/connection.h"
#include "models/net.h"
#include "models/server_tally.h"

namespace bakeoff::models::epoll {

/// Made, used and destroyed on one thread.
class EpollServer {
 public:
  /// `tallies` are those of all servers; this one counts in number `own`. Throws std::system_error when there is no
  /// descriptor for its loop.
  EpollServer(workloads::Service& service, std::span<ServerTally> tallies, std::size_t own);
  EpollServer(const EpollServer&) = delete;
  EpollServer& operator=(const EpollServer&) = delete;
  /// Closes every connection.
  ~EpollServer();

  /// Accepts and serves until the stop comes. With `competing`, other servers wait on the same listener in loops of
  /// their own, and the kernel wakes one of them for each connection. They take turns. A server that has more than its
  /// share of the connections, or no descriptor left, leaves the listener to the others for a moment.
  void serve(const Listener& listener, bool competing, const StopToken& stop);

  /// Serves the sockets that are sent to it, until the sender ends the inbox.
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

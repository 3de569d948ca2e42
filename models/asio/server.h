// Serves connections on an Asio loop: what each loop of event-loops does by default, be it a process or a thread, and
// whether it accepts its connections or is sent them. epoll/server.h does the same without a library.
//
// Who waits: the thread, in io_context::run(). Who owns: the server owns its loop; a connection owns itself
// (asio/connection.h), and has ended when serve() returns.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "models/net.h"
#include "models/server_tally.h"
#include "workloads/session.h"

namespace bakeoff::models::asio {

/// Used by one thread at a time.
class AsioServer {
 public:
  /// `tallies` are those of all servers; this one counts in number `own`. Throws std::system_error when there is no
  /// descriptor for its loop.
  AsioServer(workloads::Service& service, std::span<ServerTally> tallies, std::size_t own);
  AsioServer(const AsioServer&) = delete;
  AsioServer& operator=(const AsioServer&) = delete;
  ~AsioServer();

  /// Accepts and serves until the stop comes. With `competing`, other servers wait on the same listener in loops of
  /// their own. Asio cannot ask the kernel to wake one of them only, so each connection wakes every idle loop, and the
  /// first takes it. A server that has more than its share leaves the listener to the others for a moment.
  void serve(const Listener& listener, bool competing, const StopToken& stop);

  /// Serves the sockets that are sent to it, until the sender ends the inbox.
  void serve(SocketInbox& inbox);

 private:
  struct Loop;

  std::span<ServerTally> tallies_;
  ServerTally& tally_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace bakeoff::models::asio

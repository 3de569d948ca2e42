// Event-driven servers on threads of their own.
//
// Who waits: each thread in its loop. Who owns: this owns the servers and their threads. Another thread makes it, deals
// sockets to it and destroys it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <thread>
#include <utility>

#include "models/net.h"
#include "models/server_tally.h"

namespace bakeoff::models {

/// `Server` is epoll::EpollServer or asio::AsioServer.
template <typename Server>
class ServerThreads {
 public:
  ServerThreads() = default;
  ServerThreads(const ServerThreads&) = delete;
  ServerThreads& operator=(const ServerThreads&) = delete;
  /// Stops all servers and joins their threads.
  ~ServerThreads() {
    stop_.request();
    for (ServerThread& server_thread : servers_) server_thread.inbox.end();
  }

  /// Starts a server that accepts. The listener outlives this. Throws std::system_error.
  void start_accepting(const Listener& listener, bool competing, workloads::Service& service,
                       std::span<ServerTally> tallies) {
    ServerThread& server_thread = add(service, tallies);
    server_thread.thread = std::jthread([this, &server_thread, &listener, competing] {  //
      server_thread.server.serve(listener, competing, stop_.token());
    });
  }

  /// Starts a server that gets its sockets from deal(). Throws std::system_error.
  void start_dealt(workloads::Service& service, std::span<ServerTally> tallies) {
    ServerThread& server_thread = add(service, tallies);
    server_thread.thread = std::jthread([&server_thread] { server_thread.server.serve(server_thread.inbox); });
  }

  /// Gives the socket to the server whose turn it is. `turn` counts up.
  void deal(Descriptor socket, std::uint64_t turn) { servers_[turn % servers_.size()].inbox.send(std::move(socket)); }

 private:
  struct ServerThread {
    ServerThread(workloads::Service& service, std::span<ServerTally> tallies, std::size_t index)
        : server(service, tallies, index) {}
    Server server;
    SocketInbox inbox;
    std::jthread thread;  // Joined before the other two go.
  };

  ServerThread& add(workloads::Service& service, std::span<ServerTally> tallies) {
    return servers_.emplace_back(service, tallies, servers_.size());
  }

  StopSource stop_;
  std::deque<ServerThread> servers_;
};

}  // namespace bakeoff::models

// An Asio loop on a thread of its own, which its sockets reach through an inbox.
#pragma once

#include <thread>
#include <utility>
#include <vector>

#include "models/asio/net.h"
#include "models/net.h"

namespace bakeoff::models::asio {

/// `Connections` are those of the thread: it has add_connection(Descriptor) and abort(), which are called on the
/// thread, and io().
template <typename Connections>
class AsioLoopThread {
 public:
  /// The arguments are those of Connections. Throws std::system_error when there is no descriptor or thread for it.
  template <typename... Arguments>
  explicit AsioLoopThread(Arguments&... arguments)
      : connections_(arguments...), arrivals_(connections_.io(), inbox_.fd()) {
    receive_sockets();
    thread_ = std::thread([this] { connections_.io().run(); });
  }
  /// Aborts the connections and waits until the last of them is gone.
  ~AsioLoopThread() {
    inbox_.end();
    thread_.join();
    static_cast<void>(arrivals_.release());  // The inbox closes it.
  }
  void add_connection(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void receive_sockets() {
    arrivals_.async_wait(LoopDescriptor::wait_read, [this](error_code) {
      std::vector<Descriptor> sockets;
      const auto arrival = inbox_.receive(sockets);
      for (Descriptor& socket : sockets) connections_.add_connection(std::move(socket));
      arrival == SocketInbox::Arrival::end ? connections_.abort() : receive_sockets();
    });
  }

  SocketInbox inbox_;
  Connections connections_;
  LoopDescriptor arrivals_;
  std::thread thread_;
};

}  // namespace bakeoff::models::asio

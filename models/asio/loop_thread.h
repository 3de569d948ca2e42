// An Asio loop on a thread of its own, which its sockets reach through an inbox.
#pragma once

#include <thread>
#include <utility>

#include "models/asio/inbox_reader.h"
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
      : connections_(arguments...),
        reader_(
            connections_.io(), inbox_, [this](Descriptor socket) { connections_.add_connection(std::move(socket)); },
            [this] { connections_.abort(); }),
        thread_([this] { connections_.io().run(); }) {}
  /// Aborts the connections and waits until the last of them is gone.
  ~AsioLoopThread() {
    inbox_.end();
    thread_.join();
  }
  void add_connection(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  SocketInbox inbox_;
  Connections connections_;
  InboxReader reader_;
  std::thread thread_;
};

}  // namespace bakeoff::models::asio

// An Asio loop on a thread of its own, which its sockets reach through an inbox.
#pragma once

#include <thread>
#include <utility>
#include <vector>

#include "models/asio_net.h"
#include "models/net.h"

namespace bakeoff {

/// `Share` is a thread's share of the connections: io(), adopt(Descriptor) and abort(), all but io() called on its
/// thread.
template <typename Share>
class RemoteLoop {
 public:
  /// The arguments are the share's. Throws std::system_error when there is no descriptor or thread for it.
  template <typename... Arguments>
  explicit RemoteLoop(Arguments&... arguments) : share_(arguments...), arrivals_(share_.io(), inbox_.fd()) {
    take();
    thread_ = std::thread([this] { share_.io().run(); });
  }
  /// Aborts the connections and waits until the last of them is gone.
  ~RemoteLoop() {
    inbox_.end();
    thread_.join();
    static_cast<void>(arrivals_.release());  // The inbox closes it.
  }
  void adopt(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void take() {
    arrivals_.async_wait(LoopDescriptor::wait_read, [this](error_code) {
      std::vector<Descriptor> sockets;
      const auto arrival = inbox_.receive(sockets);
      for (Descriptor& socket : sockets) share_.adopt(std::move(socket));
      arrival == SocketInbox::Arrival::end ? share_.abort() : take();
    });
  }

  SocketInbox inbox_;
  Share share_;
  LoopDescriptor arrivals_;
  std::thread thread_;
};

}  // namespace bakeoff

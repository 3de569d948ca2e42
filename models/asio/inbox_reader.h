// Takes the sockets that another thread has accepted, on an Asio loop.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "models/asio/net.h"
#include "models/net.h"

namespace bakeoff::models::asio {

class InboxReader {
 public:
  /// Both are called on the loop's thread: `on_socket` for every socket that arrives, and `on_end` once, after the last
  /// of them. The inbox outlives this.
  InboxReader(boost::asio::io_context& io, SocketInbox& inbox, std::function<void(Descriptor)> on_socket,
              std::function<void()> on_end)
      : inbox_(inbox), arrivals_(io, inbox.fd()), on_socket_(std::move(on_socket)), on_end_(std::move(on_end)) {
    receive_sockets();
  }
  InboxReader(const InboxReader&) = delete;
  InboxReader& operator=(const InboxReader&) = delete;
  ~InboxReader() { static_cast<void>(arrivals_.release()); }  // The inbox closes its descriptor.

 private:
  void receive_sockets() {
    arrivals_.async_wait(LoopDescriptor::wait_read, [this](error_code) {
      std::vector<Descriptor> sockets;
      const auto arrival = inbox_.receive(sockets);
      for (Descriptor& socket : sockets) on_socket_(std::move(socket));
      arrival == SocketInbox::Arrival::end ? on_end_() : receive_sockets();
    });
  }

  SocketInbox& inbox_;
  LoopDescriptor arrivals_;
  std::function<void(Descriptor)> on_socket_;
  std::function<void()> on_end_;
};

}  // namespace bakeoff::models::asio

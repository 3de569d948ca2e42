// How a thread or a process of the operating system serves a connection: it blocks in every call.
#pragma once

#include <array>
#include <chrono>
#include <exception>
#include <span>
#include <string>
#include <string_view>

#include "models/back_end/blocking_client.h"
#include "models/connection.h"
#include "models/net.h"
#include "models/peer_disconnect.h"
#include "workloads/session.h"

namespace bakeoff::models {

/// A blocking socket that an operating system thread serves, be it the only one of its process or one of many.
class BlockingStream {
 public:
  /// Does not own the socket. Reads into `scratch`, which is the thread's: an idle connection costs no buffer. `client`
  /// makes the calls; nullptr where the service has no back end.
  BlockingStream(int socket, const StopToken& stop, std::span<char> scratch, back_end::BlockingClient* client)
      : socket_(socket), stop_(stop), scratch_(scratch), client_(client) {}

  std::string_view read() const {
    const ssize_t received = receive_some(socket_, scratch_.data(), scratch_.size());
    return {scratch_.data(), received < 0 ? 0 : static_cast<std::size_t>(received)};
  }

  bool write(std::string& replies) const {
    std::string_view rest = replies;
    while (!rest.empty()) {
      const ssize_t sent = send_some(socket_, rest);
      if (sent < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    const bool all = rest.empty();
    replies.clear();
    return all;
  }

  bool send_file(workloads::FileTransfer transfer, OpenFile& file, std::string& replies) const {
    std::size_t sent = 0;
    return send_with_file(socket_, transfer, file, replies, sent) == SendResult::all;
  }

  bool pause(std::chrono::nanoseconds time) const { return wait_unless_peer_disconnects(socket_, stop_, time); }
  std::string call(const workloads::Calls& calls) const { return client_->call(calls); }
  void finish() const { shutdown_and_drain(socket_); }

 private:
  int socket_;
  const StopToken& stop_;
  std::span<char> scratch_;
  back_end::BlockingClient* client_;
};

/// What an operating system thread that serves one connection after another keeps between them.
class BlockingServer {
 public:
  /// `client` makes the calls of the back end; it may be that of several threads.
  BlockingServer(workloads::Service& service, const StopToken& stop, back_end::BlockingClient* client)
      : service_(service), stop_(stop), client_(client) {}

  /// Serves the connection to its end; the caller closes it. Without memory for it the connection ends early, and the
  /// thread goes on.
  void serve(int socket) {
    try {
      const auto session = service_.connect();
      BlockingStream stream(socket, stop_, scratch_, client_);
      if (!stop_requested) converse(*session, stream, replies_);
    } catch (const std::exception&) {
    }
  }

 private:
  workloads::Service& service_;
  const StopToken& stop_;
  back_end::BlockingClient* client_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

}  // namespace bakeoff::models

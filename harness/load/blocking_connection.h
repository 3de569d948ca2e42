// A short conversation with the server outside of the load: one blocking connection whose every wait ends in time. For
// what is asked once, before and after: verify.h, counter_check.h.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/load/load_connection.h"

namespace bakeoff::load {

/// What ends a conversation early. what() is one line.
class ExchangeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ExchangeError(const char* step, int code);
};

/// No connection was made: "connect to 127.0.0.1:8080: Connection refused".
class ConnectError : public ExchangeError {
 public:
  ConnectError(const SocketAddress& peer, const std::string& why)
      : ExchangeError(connect_failure(peer, why)), reason(why) {}
  std::string reason;  ///< Without the address.
};

/// Blocks in every call, until `deadline_ns` on CLOCK_MONOTONIC at the latest or until `stop` becomes true; then, and
/// when the connection fails, ExchangeError is thrown. `peer` and `stop` must outlive it.
class BlockingConnection {
 public:
  /// Connects. While the accept queue of a Unix socket is full it tries again.
  BlockingConnection(const SocketAddress& peer, std::uint64_t deadline_ns, const std::atomic<bool>& stop);

  /// Goes on over a new connection.
  void connect();
  /// All of the bytes.
  void send(std::string_view bytes);
  /// Some bytes of a reply, at least one; valid until the next call.
  std::string_view receive();
  /// The same, or "" when the server has closed or reset the connection.
  std::string_view receive_or_end();
  /// No request will follow: half a close.
  void end_input();
  /// Ends the connection by a reset.
  void reset();

 private:
  bool wait_for(short events);

  const SocketAddress& peer_;
  const std::uint64_t deadline_ns_;
  const std::atomic<bool>& stop_;
  LoadConnection connection_;
  std::array<char, 16UL * 1024> buffer_;
  int end_code_ = 0;  ///< The errno with which the connection ended; 0 for a close.
};

}  // namespace bakeoff::load

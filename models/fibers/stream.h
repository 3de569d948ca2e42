// A connection as its fiber sees it: the Stream of models/connection.h, waiting by suspending the fiber. Readiness is
// remembered: consume_...() takes it before a call, and restore() gives it back where there may be more (descriptor.h).
#pragma once

#include <sys/socket.h>

#include <boost/fiber/operations.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/connection.h"
#include "models/connection_list.h"
#include "models/fibers/back_end_client.h"
#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"
#include "models/net.h"

namespace bakeoff::models::fibers {

class FiberStream : public ConnectionHook {
 public:
  /// Does not own the socket, which must be non-blocking and is closed after this is destroyed. `client` makes the
  /// calls; none where the service has no back end.
  explicit FiberStream(int socket, FiberClient* client = nullptr) : descriptor_(socket), client_(client) {}

  std::string_view read() {
    yield_when_due();
    for (;;) {
      if (descriptor_.await_readable()) turns_ = 0;
      const std::span<char> scratch = FiberScheduler::current().scratch();
      const std::uint32_t taken = descriptor_.consume_readable();
      const ssize_t received = receive_some(descriptor_.fd(), scratch.data(), scratch.size());
      if (received < 0 && would_block()) continue;
      if (received <= 0) return {};
      const auto size = static_cast<std::size_t>(received);
      if (size == scratch.size() || FiberDescriptor::has_ended(taken)) descriptor_.restore(taken);
      return {scratch.data(), size};
    }
  }

  bool write(std::string& replies) {
    const ssize_t sent = send_some(descriptor_.fd(), replies);
    const bool refused = sent < 0 && !would_block();
    std::string_view rest = replies;
    if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    const bool all = !refused && (rest.empty() || write_rest(rest));
    replies.clear();
    if (all) yield_when_due();
    return all;
  }

  bool send_file(workloads::FileTransfer transfer, OpenFile& file, std::string& replies) {
    for (std::size_t sent = 0;;) {
      const std::uint32_t taken = descriptor_.consume_writable();
      const SendResult result = send_with_file(descriptor_.fd(), transfer, file, replies, sent);
      if (result == SendResult::some) {
        descriptor_.await_writable();
        continue;
      }
      descriptor_.restore(taken);
      if (result == SendResult::all) yield_when_due();
      return result == SendResult::all;
    }
  }

  bool pause(std::chrono::nanoseconds time) { return descriptor_.sleep(time); }
  std::string call(const workloads::Calls& calls) { return client_->call(calls); }
  void finish() { shutdown_and_drain(descriptor_.fd()); }

  /// Makes the fiber's next read or write fail. A shutdown is an event too, so a suspended fiber is woken by it.
  void shut_down() { ::shutdown(descriptor_.fd(), SHUT_RDWR); }

 private:
  static constexpr int kTurnsBeforeYield = 16;

  /// With a peer that never pauses, the fiber would never suspend and the others would never run.
  void yield_when_due() {
    if (++turns_ < kTurnsBeforeYield) return;
    turns_ = 0;
    boost::this_fiber::yield();
  }

  bool write_rest(std::string_view rest) {
    while (!rest.empty()) {
      const std::uint32_t taken = descriptor_.consume_writable();
      const ssize_t sent = send_some(descriptor_.fd(), rest);
      if (sent < 0 && !would_block()) return false;
      if (sent < 0) {
        descriptor_.await_writable();
      } else {
        rest.remove_prefix(static_cast<std::size_t>(sent));
        descriptor_.restore(taken);
      }
    }
    return true;
  }

  FiberDescriptor descriptor_;
  FiberClient* client_;
  int turns_ = 0;  // Reads and writes since it was last suspended.
};

}  // namespace bakeoff::models::fibers

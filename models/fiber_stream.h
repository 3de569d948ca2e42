// A connection as its fiber sees it: the Stream of connection.h, waiting by suspending the fiber.
#pragma once

#include <sys/socket.h>

#include <boost/fiber/operations.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/awaited.h"
#include "models/connection.h"
#include "models/fiber_scheduler.h"
#include "models/live_list.h"
#include "models/net.h"

namespace bakeoff {

class FiberStream : public LiveHook {
 public:
  /// Does not own the socket, which must be non-blocking and is closed after this is destroyed.
  explicit FiberStream(int socket) : awaited_(socket) {}

  std::string_view read() {
    take_turns();
    for (;;) {
      if (awaited_.await_readable()) turns_ = 0;
      const std::span<char> scratch = FiberScheduler::current().scratch();
      const std::uint32_t taken = awaited_.take_readable();
      const ssize_t received = receive_some(awaited_.fd(), scratch.data(), scratch.size());
      if (received < 0 && would_block()) continue;
      if (received <= 0) return {};
      const auto size = static_cast<std::size_t>(received);
      if (size == scratch.size() || Awaited::is_over(taken)) awaited_.give_back(taken);
      return {scratch.data(), size};
    }
  }

  bool write(std::string& replies) {
    const ssize_t sent = send_some(awaited_.fd(), replies);
    const bool refused = sent < 0 && !would_block();
    std::string_view rest = replies;
    if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    const bool all = !refused && (rest.empty() || write_rest(rest));
    replies.clear();
    if (all) take_turns();
    return all;
  }

  bool pause(std::chrono::nanoseconds time) { return awaited_.sleep(time); }
  void finish() { end_politely(awaited_.fd()); }

  /// Makes the fiber's next read or write fail, now if it is suspended: a shutdown is an event.
  void shut_down() { ::shutdown(awaited_.fd(), SHUT_RDWR); }

 private:
  static constexpr int kMostTurns = 16;

  /// A peer that never pauses would never have this fiber suspend, nor the others run.
  void take_turns() {
    if (++turns_ < kMostTurns) return;
    turns_ = 0;
    boost::this_fiber::yield();
  }

  bool write_rest(std::string_view rest) {
    while (!rest.empty()) {
      const std::uint32_t taken = awaited_.take_writable();
      const ssize_t sent = send_some(awaited_.fd(), rest);
      if (sent < 0 && !would_block()) return false;
      if (sent < 0) {
        awaited_.await_writable();
      } else {
        rest.remove_prefix(static_cast<std::size_t>(sent));
        awaited_.give_back(taken);
      }
    }
    return true;
  }

  Awaited awaited_;
  int turns_ = 0;  // Reads and writes since it was last suspended.
};

}  // namespace bakeoff

// A connection as its fiber sees it: the Stream of connection.h, waiting by suspending the fiber.
#pragma once

#include <sys/socket.h>

#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/mutex.hpp>
#include <boost/fiber/operations.hpp>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/connection.h"
#include "models/fiber_scheduler.h"
#include "models/live_list.h"
#include "models/net.h"

namespace bakeoff {

/// Pauses that a stop ends early, for the fibers of one thread.
class Pauses {
 public:
  /// Suspends the fiber for that long. False when the stop has come.
  bool sleep(std::chrono::nanoseconds time) {
    std::unique_lock lock(mutex_);
    return !stop_.wait_for(lock, time, [this] { return stopped_; });
  }
  void stop() {
    stopped_ = true;
    stop_.notify_all();
  }
  bool stopped() const { return stopped_; }

 private:
  boost::fibers::mutex mutex_;
  boost::fibers::condition_variable stop_;
  bool stopped_ = false;
};

class FiberStream : public LiveHook {
 public:
  /// Does not own the socket, which must be non-blocking and is closed after this is destroyed.
  FiberStream(int socket, Pauses& pauses) : pauses_(pauses), awaited_(socket) {}

  std::ptrdiff_t read(std::span<char> into) {
    take_turns();
    for (;;) {
      if (awaited_.await_readable()) turns_ = 0;
      const ssize_t received = receive_some(awaited_.fd(), into.data(), into.size());
      const bool in_vain = received < 0 && errno == EAGAIN;
      if (in_vain || (received > 0 && static_cast<std::size_t>(received) < into.size())) awaited_.drained();
      if (!in_vain) return received;
    }
  }

  bool write(std::string& replies) {
    const auto sent = send_what_fits(awaited_.fd(), replies);
    if (!sent) return false;
    // Others use the thread's string while this fiber waits: so it takes the bytes over.
    if (!replies.empty()) return write_rest(std::exchange(replies, {}), *sent);
    take_turns();
    return true;
  }

  bool pause(std::chrono::nanoseconds time) { return pauses_.sleep(time); }
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

  bool write_rest(const std::string& replies, std::size_t sent) {
    for (std::string_view rest(replies.data() + sent, replies.size() - sent); !rest.empty();) {
      awaited_.await_writable();
      const ssize_t more = send_some(awaited_.fd(), rest);
      if (more < 0 && errno != EAGAIN) return false;
      if (more < 0) awaited_.filled();
      if (more > 0) rest.remove_prefix(static_cast<std::size_t>(more));
    }
    return true;
  }

  Pauses& pauses_;
  Awaited awaited_;
  int turns_ = 0;  // Reads and writes since it was last suspended.
};

}  // namespace bakeoff

// The bounded queue between a thread that accepts connections and the threads that hold one each.
#pragma once

#include <sys/socket.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "models/net.h"

namespace bakeoff::models {

class ConnectionQueue {
 public:
  /// `length` connections may wait, beside those for which a thread is idle.
  explicit ConnectionQueue(std::size_t length) : length_(length) {}

  // The accepting thread.

  /// There is one more thread to serve them, which is idle at first.
  void add_thread() {
    const std::lock_guard lock(mutex_);
    ++idle_;
  }

  /// Takes the connection. True when it has to wait, because no thread is idle.
  bool push(Descriptor socket) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(socket));
    more_.notify_one();
    return waiting_.size() > idle_;
  }

  bool full() {
    const std::lock_guard lock(mutex_);
    return room_wanted_ = waiting_.size() >= length_ + idle_;
  }

  /// Whether the next connection would have to wait.
  bool next_must_wait() {
    const std::lock_guard lock(mutex_);
    return waiting_.size() >= idle_;
  }

  /// Blocks until there is room. False when the stop came first.
  bool wait_for_room(const StopToken& stop) {
    while (full())
      if (!room_.wait(stop)) return false;
    return true;
  }

  /// Shuts down the connections that are being served, forgets those that wait, and lets the threads go.
  void close() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (const int socket : served_) ::shutdown(socket, SHUT_RDWR);
    waiting_.clear();
    more_.notify_all();
  }

  // The serving threads.

  /// Closes the connection that the thread has served, if any, and waits for the next one. False when there is none.
  bool next(Descriptor& socket) {
    std::unique_lock lock(mutex_);
    if (socket) {
      served_.erase(socket.get());
      socket.reset();  // Under the lock: close() must not shut down a number that belongs to a new connection.
      ++idle_;
      if (std::exchange(room_wanted_, false)) room_.signal();
    }
    more_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
    if (ended_) return false;
    --idle_;
    socket = std::move(waiting_.front());
    waiting_.pop_front();
    served_.insert(socket.get());
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Descriptor> waiting_;  // Also those for an idle thread that has not woken up yet.
  std::unordered_set<int> served_;
  std::size_t length_;
  std::size_t idle_ = 0;
  bool room_wanted_ = false;
  bool ended_ = false;
  WakeupEvent room_;
};

}  // namespace bakeoff::models

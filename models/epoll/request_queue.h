// Hands connections on which a request has come from the thread that polls them to the threads that serve them.
//
// Who waits: the serving threads, on a condition variable. Who owns: the poller owns the connections
// (epoll/shared_poller.h); a connection is in the queue once, because it is not polled again before it is given back.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <span>

#include "models/epoll/shared_poller.h"

namespace bakeoff::models::epoll {

class RequestQueue {
 public:
  using Connection = SharedPoller::PolledConnection;

  /// Wakes as many threads as there are connections.
  void put(std::span<Connection* const> ready) {
    {
      const std::lock_guard lock(mutex_);
      ready_.insert(ready_.end(), ready.begin(), ready.end());
    }
    for (std::size_t i = 0; i < ready.size(); ++i) more_.notify_one();
  }

  /// Lets the threads go, also where connections still wait.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    more_.notify_all();
  }

  /// Blocks until there is a connection to serve. nullptr when the queue has ended.
  Connection* take() {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [this] { return ended_ || !ready_.empty(); });
    if (ended_) return nullptr;
    Connection* const connection = ready_.front();
    ready_.pop_front();
    return connection;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<Connection*> ready_;
  bool ended_ = false;
};

}  // namespace bakeoff::models::epoll

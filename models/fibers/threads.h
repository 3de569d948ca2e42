// Threads that carry fibers.
//
// Who waits: an idle thread, in its group's epoll_wait(). Who owns: the starter owns the thread and
// joins it.
#pragma once

#include <boost/fiber/operations.hpp>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "models/fibers/connections.h"
#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"
#include "models/net.h"

namespace bakeoff::models::fibers {

/// Starts a thread of the group, and waits until it has its scheduler: that needs descriptors, which connections may
/// take a moment later. `work` is the thread's own fiber. Throws what went wrong.
inline std::jthread start_thread(std::shared_ptr<FiberThreadGroup> group, std::function<void()> work) {
  std::promise<void> start;
  std::future<void> started = start.get_future();
  std::jthread thread([group = std::move(group), work = std::move(work), start = std::move(start)]() mutable {
    try {
      boost::fibers::use_scheduling_algorithm<FiberScheduler>(group);
    } catch (...) {
      return start.set_exception(std::current_exception());
    }
    start.set_value();
    work();
  });
  started.get();
  return thread;
}

/// A thread that is a group of its own, so that its fibers are pinned to it. Its first fiber waits for connections:
/// another thread puts sockets into the inbox, a queue with a descriptor that becomes readable.
class PinnedFiberThread {
 public:
  /// Throws std::system_error when there is no descriptor or thread for it.
  explicit PinnedFiberThread(FiberConnectionResources& shared)
      : thread_(start_thread(std::make_shared<FiberThreadGroup>(1), [this, &shared] { run(shared); })) {}
  /// Ends run(), which shuts its connections down, and waits until the last of them has ended: thread_ is joined.
  ~PinnedFiberThread() { inbox_.end(); }
  void add_connection(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void run(FiberConnectionResources& shared) {
    FiberConnections connections(shared);
    FiberDescriptor arrivals(inbox_.fd());
    for (auto arrival = SocketInbox::Arrival::nothing; arrival != SocketInbox::Arrival::end;) {
      arrivals.await_readable();
      const auto taken = arrivals.consume_readable();
      std::vector<Descriptor> sockets;
      arrival = inbox_.receive(sockets);
      if (arrival != SocketInbox::Arrival::nothing) arrivals.restore(taken);
      for (Descriptor& socket : sockets) connections.add_connection(std::move(socket));
    }
    connections.shut_down_all();
  }

  SocketInbox inbox_;
  std::jthread thread_;  // Joined before the inbox goes.
};

}  // namespace bakeoff::models::fibers

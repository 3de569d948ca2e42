// Connections that any of several threads may take, one at a time: all threads wait in a single epoll instance, or one
// of them does and hands out what it finds (request_queue.h).
//
// Who waits: the threads, in next(). Who owns: the poller owns the connections. The thread that was given one has it to
// itself, because the kernel reports one event of it, and no other before the thread gives it back (EPOLLONESHOT).
#pragma once

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include "models/connection_list.h"
#include "models/epoll/nonblocking_connection.h"
#include "models/epoll_wait.h"
#include "models/net.h"
#include "workloads/session.h"

namespace bakeoff::models::epoll {

class SharedPoller {
 public:
  static constexpr std::size_t kMostAtOnce = 64;

  struct PolledConnection : ConnectionHook {
    PolledConnection(Descriptor socket, std::unique_ptr<workloads::ServerSession> session)
        : peer(std::move(socket), std::move(session)) {}
    NonblockingConnection peer;
    /// Orders the turns of two threads at the connection for the memory model, which knows nothing of the kernel.
    std::atomic<bool> rearmed{false};
  };

  /// Throws std::system_error when there is no descriptor for it.
  explicit SharedPoller(const StopToken& stop) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_ || !control(EPOLL_CTL_ADD, stop.fd(), EPOLLIN, nullptr)) {
      throw std::system_error(errno, std::generic_category(), "make an epoll instance (epoll_create1)");
    }
  }
  SharedPoller(const SharedPoller&) = delete;
  SharedPoller& operator=(const SharedPoller&) = delete;
  /// Closes every connection. No thread may be left.
  ~SharedPoller() { connections_.clear_and_dispose(std::default_delete<PolledConnection>()); }

  /// Without memory for it, or when the kernel watches no more, the peer sees a closed connection.
  void add_connection(Descriptor socket, workloads::Service& service) try {
    auto made = std::make_unique<PolledConnection>(std::move(socket), service.connect());
    const std::lock_guard lock(mutex_);
    if (!control(EPOLL_CTL_ADD, made->peer.socket(), EPOLLIN | EPOLLONESHOT, made.get())) return;
    connections_.push_back(*made.release());
  } catch (const std::exception&) {
  }

  /// Waits for a connection that has an event. It is the caller's until rearm() or close_connection(). nullptr when the
  /// stop has come.
  PolledConnection* next() const {
    PolledConnection* connection = nullptr;
    return next({&connection, 1}) == 1 ? connection : nullptr;
  }

  /// Waits until there are some, at most as many as `into` takes, and returns how many it has written. 0 when the stop
  /// has come.
  std::size_t next(std::span<PolledConnection*> into) const {
    std::array<epoll_event, kMostAtOnce> events;
    const std::size_t most = std::min(events.size(), into.size());
    int found = 0;
    while (found < 1) found = wait_for_events(epoll_.get(), std::span(events).first(most), std::nullopt);
    for (std::size_t i = 0; i < static_cast<std::size_t>(found); ++i) {
      into[i] = static_cast<PolledConnection*>(events[i].data.ptr);
      if (into[i] == nullptr) return 0;
      static_cast<void>(into[i]->rearmed.load(std::memory_order_acquire));
    }
    return static_cast<std::size_t>(found);
  }

  /// Gives the connection back. Some thread is given it again when one of these events has come.
  void rearm(PolledConnection& connection, std::uint32_t events) const {
    connection.rearmed.store(true, std::memory_order_release);
    control(EPOLL_CTL_MOD, connection.peer.socket(), events | EPOLLONESHOT, &connection);
  }

  void close_connection(PolledConnection& connection) {
    const std::lock_guard lock(mutex_);
    delete &connection;
  }

 private:
  bool control(int operation, int fd, std::uint32_t events, PolledConnection* connection) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = connection;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }

  Descriptor epoll_;
  std::mutex mutex_;
  ConnectionList<PolledConnection> connections_;
};

}  // namespace bakeoff::models::epoll

// Connections that any of several threads may take, one at a time: a single epoll instance that all of them wait in.
//
// Who waits: the threads, in next(). Who owns: the crowd owns the connections; whoever was given one has it to itself,
// because an event of it is reported once and then no more until it is given back (EPOLLONESHOT).
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "models/epoll_wait.h"
#include "models/live_list.h"
#include "models/net.h"
#include "models/unblocked.h"
#include "workloads/session.h"

namespace bakeoff {

class Crowd {
 public:
  struct Member : LiveHook {
    Member(Descriptor socket, std::unique_ptr<ServerSession> session) : peer(std::move(socket), std::move(session)) {}
    Unblocked peer;
    /// The kernel orders the turns of two threads at a connection, and the memory model knows nothing of the kernel.
    std::atomic<bool> given_back{false};
  };

  /// Throws std::system_error when there is no descriptor for it.
  explicit Crowd(const StopToken& stop) : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!epoll_ || !control(EPOLL_CTL_ADD, stop.fd(), EPOLLIN, nullptr)) {
      throw std::system_error(errno, std::generic_category(), "make an epoll instance (epoll_create1)");
    }
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  /// Closes every connection. No thread may be left.
  ~Crowd() { connections_.clear_and_dispose(std::default_delete<Member>()); }

  /// Without memory for it, or when the kernel watches no more, the peer sees a closed connection.
  void adopt(Descriptor socket, Service& service) try {
    auto made = std::make_unique<Member>(std::move(socket), service.connect());
    const std::lock_guard lock(mutex_);
    if (!control(EPOLL_CTL_ADD, made->peer.socket(), EPOLLIN | EPOLLONESHOT, made.get())) return;
    connections_.push_back(*made.release());
  } catch (const std::exception&) {
  }

  /// Waits for a connection that has an event: it is the caller's until it is given back or ended. nullptr when the
  /// stop has come.
  Member* next() const {
    epoll_event event{};
    while (wait_for_events(epoll_.get(), {&event, 1}, std::nullopt) < 1) continue;
    auto* const member = static_cast<Member*>(event.data.ptr);
    if (member) static_cast<void>(member->given_back.load(std::memory_order_acquire));
    return member;
  }

  /// Until these events.
  void give_back(Member& member, std::uint32_t events) const {
    member.given_back.store(true, std::memory_order_release);
    control(EPOLL_CTL_MOD, member.peer.socket(), events | EPOLLONESHOT, &member);
  }

  void end(Member& member) {
    const std::lock_guard lock(mutex_);
    delete &member;
  }

 private:
  bool control(int operation, int fd, std::uint32_t events, Member* member) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = member;
    return ::epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }

  Descriptor epoll_;
  std::mutex mutex_;
  LiveList<Member> connections_;
};

}  // namespace bakeoff

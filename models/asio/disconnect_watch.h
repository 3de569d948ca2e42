// Notices peers that leave while their requests wait on an Asio loop. Asio cannot tell a reset or the end of input from
// bytes that are not to be read yet. So the loop also watches an epoll instance of our own, which reports only those.
// It is made when the first connection waits.
//
// Price: one epoll_ctl() at a connection's first wait, none at later ones, and a second entry in the kernel for every
// connection that has ever waited.
//
// Who waits: the loop. Who owns: a loop owns its DisconnectWatch, a connection its Peer.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>

#include "models/asio/net.h"
#include "models/peer_disconnect.h"

namespace bakeoff::models::asio {

class DisconnectWatch {
 public:
  /// What is known of one connection's peer. It must stay where it is for as long as the socket is open.
  class Peer {
   public:
    /// To be called when the timer has been set and is about to wait. False when the peer has left already. When it
    /// leaves later, the timer is cancelled. Without a descriptor or memory for watching, a peer that leaves goes
    /// unnoticed during this wait, and the next wait tries again.
    bool cancel_timer_on_disconnect(DisconnectWatch& watch, int socket, LoopTimer& timer) {
      timer_ = &timer;
      if (!watched_) watched_ = watch.add(socket, *this);
      return !has_disconnected(ended_, remaining());
    }

    /// The timer is used for something else now.
    void stop_cancelling() { timer_ = nullptr; }

   private:
    friend DisconnectWatch;
    void ended(std::uint32_t events) {
      ended_ |= events;
      if (timer_ != nullptr && has_disconnected(ended_, remaining()))
        timer_->cancel();  // Without effect on a timer that is not waiting.
    }
    std::chrono::nanoseconds remaining() const { return timer_->expiry() - LoopClock::now(); }

    LoopTimer* timer_ = nullptr;
    std::uint32_t ended_ = 0;
    bool watched_ = false;
  };

  explicit DisconnectWatch(boost::asio::io_context& io) : epoll_(io) {}

  /// Stops watching, so that the loop can end.
  void end() {
    ended_ = true;
    error_code ignored;
    epoll_.close(ignored);
  }

 private:
  bool add(int socket, Peer& peer) {
    if (!epoll_.is_open() && !ended_) open();
    if (!epoll_.is_open()) return false;
    epoll_event event{};
    event.events = EPOLLRDHUP | EPOLLET;
    event.data.ptr = &peer;
    return ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket, &event) == 0;
  }

  void open() {
    Descriptor made(::epoll_create1(EPOLL_CLOEXEC));
    error_code error;
    if (made) epoll_.assign(made.get(), error);
    if (!made || error) return;
    static_cast<void>(made.release());
    listen();
  }

  void listen() {
    epoll_.async_wait(LoopDescriptor::wait_read, [this](error_code error) {
      if (error || ended_) return;
      std::array<epoll_event, 64> events;
      const int count = ::epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(events.size()), 0);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        static_cast<Peer*>(event.data.ptr)->ended(event.events);
      }
      listen();
    });
  }

  LoopDescriptor epoll_;
  bool ended_ = false;
};

}  // namespace bakeoff::models::asio

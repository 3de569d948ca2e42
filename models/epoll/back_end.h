// How an epoll loop calls the back end: connections that do not block are handlers of the same loop.
//
// Who waits: the loop. Who owns: a loop's state owns its client, which owns its connections. The pool behind it, and
// who gets which connection: back_end/loop_pool.h.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "models/back_end/address.h"
#include "models/back_end/link.h"
#include "models/back_end/loop_pool.h"
#include "models/epoll/loop.h"
#include "models/net.h"

namespace bakeoff::models::epoll {

/// Registered once per connection, edge-triggered: a call costs a write and a read.
class EpollBackEndLink final : public back_end::LoopLink, public EpollHandler {
 public:
  EpollBackEndLink(EpollLoop& loop, back_end::LoopPool& pool, const workloads::BackEndUse& use)
      : LoopLink(pool, use), loop_(loop) {}

  void on_event(std::uint32_t events) override {
    if (!socket_) return;
    if (connecting_ && (events & (EPOLLOUT | kEnd)) != 0) {
      const back_end::Connecting state = back_end::check_connecting(socket_.get());
      connecting_ = state == back_end::Connecting::under_way;
      if (state == back_end::Connecting::failed) return on_end();
      if (state == back_end::Connecting::connected) on_connected();
    }
    if ((events & (EPOLLIN | kEnd)) != 0) receive((events & kEnd) != 0);
  }
  void on_wake() override {}

 private:
  static constexpr std::uint32_t kEnd = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

  void connect(const workloads::BackEnd& server) override {
    back_end::Connecting state{};
    socket_ = back_end::begin_connecting(server, state);
    connecting_ = state == back_end::Connecting::under_way;
    const bool watched = socket_ && loop_.watch(socket_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this);
    if (!watched) return on_end();
    if (!connecting_) on_connected();
  }

  /// Takes what has come. The next bytes raise a new event, unless a read was full; an end that has come with them
  /// raises none.
  void receive(bool ended) {
    std::array<char, back_end::kAnswerReadSize> bytes;
    for (const int opened = socket_.get(); opened >= 0 && socket_.get() == opened;) {
      const ssize_t received = receive_some(opened, bytes.data(), bytes.size());
      if (received < 0 && errno == EAGAIN) return;
      if (received <= 0) return on_end();
      on_received({bytes.data(), static_cast<std::size_t>(received)});
      if (!ended && static_cast<std::size_t>(received) < bytes.size()) return;
    }
  }

  /// A request is small, and the send buffer of a connection with one call at a time is empty.
  void send(std::string_view bytes) override {
    if (send_some(socket_.get(), bytes) != static_cast<ssize_t>(bytes.size())) on_end();
  }

  void close() override { socket_.reset(); }

  EpollLoop& loop_;
  Descriptor socket_;
  bool connecting_ = false;
};

class EpollBackEnd final : public back_end::LoopPool, private EpollHandler {
 public:
  EpollBackEnd(EpollLoop& loop, const workloads::BackEndUse& use) : LoopPool(use), loop_(loop), use_(use) {}

 private:
  std::unique_ptr<back_end::LoopLink> make_link() override {
    return std::make_unique<EpollBackEndLink>(loop_, *this, use_);
  }
  void wake_at(LoopPool::Clock::time_point time) override { loop_.wake_at(time, *this); }
  void on_event(std::uint32_t) override {}
  void on_wake() override { on_time(); }

  EpollLoop& loop_;
  const workloads::BackEndUse& use_;
};

}  // namespace bakeoff::models::epoll

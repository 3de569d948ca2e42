// A connection on an epoll loop: the read-step-write body of connection.h, cut where it would wait.
//
// Who waits: the loop. Who owns: a connection owns itself, its socket, its session and what could not be sent yet. The
// loop's state lists the connections so that they can be closed at the end. It also lends them one read scratch and one
// reply string, which is enough because only one connection has its turn at a time.
#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "models/connection.h"
#include "models/connection_list.h"
#include "models/epoll/back_end.h"
#include "models/epoll/loop.h"
#include "models/epoll/nonblocking_connection.h"
#include "models/net.h"
#include "models/peer_disconnect.h"

namespace bakeoff::models::epoll {

class EpollConnection;

/// What the connections of one loop share. Destroyed after the last of them.
struct EpollLoopState {
  /// `counted` holds how many connections are alive. Throws std::system_error when there is no descriptor for the loop.
  EpollLoopState(workloads::Service& served, std::atomic<std::uint64_t>& counted) : service(served), live(counted) {
    if (const workloads::BackEndUse* use = served.back_end()) client.emplace(loop, *use);
  }

  workloads::Service& service;
  std::atomic<std::uint64_t>& live;
  EpollLoop loop;
  std::optional<EpollBackEnd> client;  // None where the service has no back end.
  std::array<char, kReadSize> scratch;
  std::string replies;  // Empty whenever a connection has had its turn.
  ConnectionList<EpollConnection> connections;
};

/// It is registered once, edge-triggered, for all events, and remembers those that it was told. So a request costs one
/// read and one write, and no event has to be unregistered while the connection waits, computes or cannot send.
class EpollConnection final : public EpollHandler, public ConnectionHook {
 public:
  /// Throws std::system_error when the kernel watches no more, std::bad_alloc without memory for it.
  EpollConnection(EpollLoopState& state, Descriptor socket)
      : state_(state), peer_(std::move(socket), state.service.connect()) {
    if (!state_.loop.watch(peer_.socket(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) {
      throw std::system_error(errno, std::generic_category(), "watch a connection");
    }
    state_.connections.push_back(*this);
    ++state_.live;
  }
  EpollConnection(const EpollConnection&) = delete;
  EpollConnection& operator=(const EpollConnection&) = delete;
  ~EpollConnection() { --state_.live; }

  void on_event(std::uint32_t events) override {
    // The end of input is remembered. It may have come together with bytes that a short read is about to take, and then
    // no further event will report it.
    end_events_ |= events & kDisconnectEvents;
    if (events & EPOLLIN || end_events_ != 0) readable_ = true;
    if (waiting_for_ == WaitingFor::time && has_disconnected(end_events_, time_to_wake() - EpollLoop::Clock::now())) {
      delete this;
      return;
    }
    if (waiting_for_ == WaitingFor::input ? readable_ : waiting_for_ == WaitingFor::room) advance();
  }

  void on_wake() override { advance(); }

 private:
  enum class WaitingFor : std::uint8_t { input, room, time, turn, calls };

  void advance() try {
    if (!converse()) delete this;
  } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
    drop_replies(state_.replies);
    delete this;
  }

  /// The same order as converse() in connection.h: flush, then do what the session wants. True when the connection has
  /// to wait; false when the conversation is over.
  bool converse() {
    std::string& replies = state_.replies;
    if (waiting_for_ == WaitingFor::time) peer_.perform_step(replies);
    if (waiting_for_ == WaitingFor::calls) peer_.resume(calls_->result(), replies);
    for (int reads = 0;;) {
      if (!peer_.send(replies)) return false;
      if (peer_.unsent()) return await(WaitingFor::room);
      switch (peer_.step().want) {
        case workloads::Step::Want::input:
          if (!readable_) return await(WaitingFor::input);
          if (reads++ == kMostReads) return yield_turn();
          if (!read()) return false;
          break;
        case workloads::Step::Want::close:
          shutdown_and_drain(peer_.socket());
          return false;
        case workloads::Step::Want::wait:
          if (has_disconnected(end_events_, peer_.step().pause)) return false;
          state_.loop.wake_at(EpollLoop::Clock::now() + peer_.step().pause, *this);
          return await(WaitingFor::time);
        case workloads::Step::Want::compute:  // On the loop, which is the model's price; the others get the next turn.
          peer_.perform_step(replies);
          if (!peer_.send(replies)) return false;
          return peer_.unsent() ? await(WaitingFor::room) : yield_turn();
        case workloads::Step::Want::flush:
        case workloads::Step::Want::open_file:
        case workloads::Step::Want::send_file:
          peer_.perform_step(replies);
          break;
        case workloads::Step::Want::call:
          if (!state_.client->call(calls(), peer_.step().calls)) return await(WaitingFor::calls);
          peer_.resume(calls_->result(), replies);
      }
    }
  }

  back_end::LoopCalls& calls() {
    // In a turn of its own: it may destroy itself, which no handler may do to another.
    if (!calls_) {
      calls_ = std::make_unique<back_end::LoopCalls>([this] { state_.loop.wake_after_the_others(*this); });
    }
    return *calls_;
  }

  bool await(WaitingFor what) {
    waiting_for_ = what;
    return true;
  }

  bool yield_turn() {
    state_.loop.wake_after_the_others(*this);
    return await(WaitingFor::turn);
  }

  /// False at the end of input or when the peer is gone.
  bool read() {
    const auto received = peer_.receive(state_.scratch, state_.replies);
    // The next bytes will raise a new event. Once the peer has ended there will be none.
    if (received == NonblockingConnection::Received::drained) readable_ = end_events_ != 0;
    return received != NonblockingConnection::Received::end;
  }

  EpollLoopState& state_;
  NonblockingConnection peer_;
  std::unique_ptr<back_end::LoopCalls> calls_;  // Made when the session first wants to call.
  WaitingFor waiting_for_ = WaitingFor::input;
  bool readable_ = false;
  std::uint32_t end_events_ = 0;  // The events of kDisconnectEvents that have come.
};

}  // namespace bakeoff::models::epoll

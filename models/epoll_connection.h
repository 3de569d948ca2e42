// A connection on an epoll loop: the read-step-write body of connection.h, cut where it would wait.
//
// Who waits: the loop. Who owns: a connection owns itself, its socket, its session and what could not be sent yet; the
// loop's share lists the connections for stopping, and lends them one read scratch and one reply string, because no two
// have their turn at once.
#pragma once

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

#include "models/connection.h"
#include "models/epoll_loop.h"
#include "models/leaving.h"
#include "models/live_list.h"
#include "models/net.h"
#include "models/unblocked.h"

namespace bakeoff {

class EpollConnection;

/// What the connections of one loop share. Destroyed after the last of them.
struct EpollShare {
  /// `counted` has how many live. Throws std::system_error when there is no descriptor for the loop.
  EpollShare(Service& served, std::atomic<std::uint64_t>& counted) : service(served), live(counted) {}

  Service& service;
  std::atomic<std::uint64_t>& live;
  EpollLoop loop;
  std::array<char, kReadSize> scratch;
  std::string replies;  // Empty whenever a connection has had its turn.
  LiveList<EpollConnection> connections;
};

/// Registered once, edge-triggered, for everything, and remembers what it was told: so a request costs one read and one
/// write, and nothing needs to be taken back while it waits, computes or cannot send.
class EpollConnection final : public EpollHandler, public LiveHook {
 public:
  /// Throws std::system_error when the kernel watches no more, std::bad_alloc without memory for it.
  EpollConnection(EpollShare& share, Descriptor socket)
      : share_(share), peer_(std::move(socket), share.service.connect()) {
    if (!share_.loop.watch(peer_.socket(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) {
      throw std::system_error(errno, std::generic_category(), "watch a connection");
    }
    share_.connections.push_back(*this);
    ++share_.live;
  }
  EpollConnection(const EpollConnection&) = delete;
  EpollConnection& operator=(const EpollConnection&) = delete;
  ~EpollConnection() { --share_.live; }

  void happened(std::uint32_t events) override {
    // The end of input is remembered: it may have come together with bytes that a short read is about to take, and then
    // no further edge will tell of it.
    over_ |= events & kPeerEnds;
    if (events & EPOLLIN || over_ != 0) readable_ = true;
    if (awaits_ == Awaits::time && has_left(over_, time_to_wake() - EpollLoop::Clock::now())) {
      delete this;
      return;
    }
    if (awaits_ == Awaits::input ? readable_ : awaits_ == Awaits::room) go_on();
  }

  void due() override { go_on(); }

 private:
  enum class Awaits : std::uint8_t { input, room, time, turn };

  void go_on() try {
    if (!converse()) delete this;
  } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
    drop_replies(share_.replies);
    delete this;
  }

  /// The same order as converse() in connection.h: flush, then do what the session wants. Returns when that has to be
  /// awaited; false when the conversation is over.
  bool converse() {
    std::string& replies = share_.replies;
    if (awaits_ == Awaits::time) peer_.proceed(replies);
    for (int reads = 0;;) {
      if (!peer_.send(replies)) return false;
      if (peer_.unsent()) return await(Awaits::room);
      switch (peer_.step().want) {
        case Step::Want::input:
          if (!readable_) return await(Awaits::input);
          if (reads++ == kMostReads) return take_turn();
          if (!read()) return false;
          break;
        case Step::Want::close:
          end_politely(peer_.socket());
          return false;
        case Step::Want::wait:
          if (has_left(over_, peer_.step().pause)) return false;
          share_.loop.wake_at(EpollLoop::Clock::now() + peer_.step().pause, *this);
          return await(Awaits::time);
        case Step::Want::compute:  // Inline, which is the model's price; but the others get a turn before the next.
          peer_.proceed(replies);
          if (!peer_.send(replies)) return false;
          return peer_.unsent() ? await(Awaits::room) : take_turn();
        case Step::Want::flush:
        case Step::Want::call:
          peer_.proceed(replies);
      }
    }
  }

  bool await(Awaits what) {
    awaits_ = what;
    return true;
  }

  bool take_turn() {
    share_.loop.wake_after_the_others(*this);
    return await(Awaits::turn);
  }

  /// False at the end of input or when the peer is gone.
  bool read() {
    const auto received = peer_.receive(share_.scratch, share_.replies);
    // The next bytes will raise a new edge. Once the peer has hung up there will be none.
    if (received == Unblocked::Received::drained) readable_ = over_ != 0;
    return received != Unblocked::Received::end;
  }

  EpollShare& share_;
  Unblocked peer_;
  Awaits awaits_ = Awaits::input;
  bool readable_ = false;
  std::uint32_t over_ = 0;  // What has been seen of the peer's end.
};

}  // namespace bakeoff

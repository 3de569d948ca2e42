#include "models/epoll_server.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "models/unblocked.h"

namespace bakeoff {
namespace {

constexpr std::chrono::milliseconds kGiveWay{1};  // For which who has more than its share does not accept.

void must(bool watched) {
  if (!watched) throw std::system_error(errno, std::generic_category(), "watch a descriptor");
}

}  // namespace

/// Registered once, edge-triggered, for everything, and remembers what it was told: so a request costs one read and one
/// write, and nothing needs to be taken back while it waits, computes or cannot send.
class EpollConnection final : public EpollHandler, public LiveHook {
 public:
  EpollConnection(EpollServer& server, Descriptor socket)
      : server_(server), peer_(std::move(socket), server.service_.connect()) {
    must(server.loop_.watch(peer_.socket(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this));
    server.connections_.push_back(*this);
    ++server.tally_.live;
  }
  EpollConnection(const EpollConnection&) = delete;
  EpollConnection& operator=(const EpollConnection&) = delete;
  ~EpollConnection() { --server_.tally_.live; }

  void happened(std::uint32_t events) override {
    // The end of input is remembered: it may have come together with bytes that a short read is about to take, and then
    // no further edge will tell of it.
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) over_ = true;
    if (events & EPOLLIN || over_) readable_ = true;
    if (awaits_ == Awaits::input ? readable_ : awaits_ == Awaits::room) go_on();
  }

  void due() override { go_on(); }

 private:
  enum class Awaits : std::uint8_t { input, room, time, turn };

  void go_on() try {
    if (!converse()) delete this;
  } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
    server_.replies_.clear();
    delete this;
  }

  /// The same order as converse() in connection.h: flush, then do what the session wants. Returns when that has to be
  /// awaited; false when the conversation is over.
  bool converse() {
    std::string& replies = server_.replies_;
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
          server_.loop_.wake_at(EpollLoop::Clock::now() + peer_.step().pause, *this);
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
    server_.loop_.wake_after_the_others(*this);
    return await(Awaits::turn);
  }

  /// False at the end of input or when the peer is gone.
  bool read() {
    const auto received = peer_.receive(server_.scratch_, server_.replies_);
    // The next bytes will raise a new edge. Once the peer has hung up there will be none.
    if (received == Unblocked::Received::drained) readable_ = over_;
    return received != Unblocked::Received::end;
  }

  EpollServer& server_;
  Unblocked peer_;
  Awaits awaits_ = Awaits::input;
  bool readable_ = false;
  bool over_ = false;
};

/// Takes one connection a turn, so that whoever else waits on the listener gets the next.
class EpollServer::Doorway final : public EpollHandler {
 public:
  Doorway(EpollServer& server, int listener, bool competing)
      : server_(server), listener_(listener), events_(competing ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) descriptors_ = limit.rlim_cur;
    must(server_.loop_.watch(listener_, events_, *this));
  }

  void happened(std::uint32_t) override {
    Accepted next = accept_from(listener_, SOCK_NONBLOCK);
    if (next.status == AcceptStatus::nothing) return;
    if (next.status == AcceptStatus::limit) return leave(next.error);
    const auto number = static_cast<rlim_t>(next.socket.get());
    ++server_.tally_.connections;
    server_.adopt(std::move(next.socket));
    // The lowest free number is given out: this was the last. Leaving only when the next has come would be too late:
    // the kernel has woken nobody else for that one.
    if (number + 1 == descriptors_) return leave(EMFILE);
    if ((events_ & EPOLLEXCLUSIVE) == 0) return;
    // The kernel wakes the first in line who is idle: without going to its end, one loop would get nearly all that come
    // one by one; and without giving way, whoever has the CPU nearly all that come at once.
    server_.loop_.forget(listener_);
    has_more_than_its_share() ? come_back_after(kGiveWay) : enter();
  }

  void due() override {
    const Descriptor try_one(::fcntl(listener_, F_DUPFD_CLOEXEC, 0));
    try_one ? enter() : come_back_after(AcceptPause::kLength);
  }

 private:
  void enter() {
    if (!server_.loop_.watch(listener_, events_, *this)) come_back_after(AcceptPause::kLength);
  }

  void leave(int error) {
    server_.tally_.accept_error = error;
    ++server_.tally_.accept_pauses;
    server_.loop_.forget(listener_);
    come_back_after(AcceptPause::kLength);
  }

  void come_back_after(std::chrono::milliseconds time) { server_.loop_.wake_at(EpollLoop::Clock::now() + time, *this); }

  /// One more, and an eighth more, than the mean of all loops.
  bool has_more_than_its_share() const {
    std::uint64_t all = 0;
    for (const ServerTally& tally : server_.tallies_) all += tally.live;
    const std::uint64_t loops = server_.tallies_.size();
    return 8 * loops * server_.tally_.live > 9 * all + 8 * loops;
  }

  EpollServer& server_;
  const int listener_;
  const std::uint32_t events_;
  rlim_t descriptors_ = RLIM_INFINITY;
};

/// Ends the loop when the stop token becomes readable.
class EpollServer::Bell final : public EpollHandler {
 public:
  Bell(EpollLoop& loop, const StopToken& stop) : loop_(loop) { must(loop.watch(stop.fd(), EPOLLIN, *this)); }
  void happened(std::uint32_t) override { loop_.end(); }
  void due() override {}

 private:
  EpollLoop& loop_;
};

/// Takes in what another thread has accepted.
class EpollServer::Mailbox final : public EpollHandler {
 public:
  Mailbox(EpollServer& server, SocketInbox& inbox) : server_(server), inbox_(inbox) {
    must(server.loop_.watch(inbox.fd(), EPOLLIN, *this));
  }
  void happened(std::uint32_t) override {
    std::vector<Descriptor> sockets;
    if (inbox_.receive(sockets) == SocketInbox::Arrival::end) server_.loop_.end();
    for (Descriptor& socket : sockets) server_.adopt(std::move(socket));
  }
  void due() override {}

 private:
  EpollServer& server_;
  SocketInbox& inbox_;
};

EpollServer::EpollServer(Service& service, std::span<ServerTally> tallies, std::size_t own)
    : service_(service), tallies_(tallies), tally_(tallies[own]) {
  tally_.live = 0;  // A process that was killed could not do it.
}

EpollServer::~EpollServer() {
  while (!connections_.empty()) delete &connections_.front();
}

void EpollServer::serve(int listener, bool competing, const StopToken& stop) {
  const Bell bell(loop_, stop);
  const Doorway doorway(*this, listener, competing);
  loop_.run();
}

void EpollServer::serve(SocketInbox& inbox) {
  const Mailbox mailbox(*this, inbox);
  loop_.run();
}

/// Without memory for it, or when the kernel watches no more, the peer sees a closed connection.
void EpollServer::adopt(Descriptor socket) try {
  static_cast<void>(std::make_unique<EpollConnection>(*this, std::move(socket)).release());  // It is listed.
} catch (const std::exception&) {
}

}  // namespace bakeoff

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

namespace bakeoff {
namespace {

constexpr std::chrono::milliseconds kGiveWay{1};  // For which who has more than its share does not accept.

void must(bool watched) {
  if (!watched) throw std::system_error(errno, std::generic_category(), "watch a descriptor");
}

}  // namespace

/// Takes one connection a turn, so that whoever else waits on the listener gets the next.
class EpollServer::Doorway final : public EpollHandler {
 public:
  Doorway(EpollServer& server, int listener, bool competing)
      : server_(server), listener_(listener), events_(competing ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) descriptors_ = limit.rlim_cur;
    must(server_.share_.loop.watch(listener_, events_, *this));
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
    server_.share_.loop.forget(listener_);
    has_more_than_its_share() ? come_back_after(kGiveWay) : enter();
  }

  void due() override {
    const Descriptor try_one(::fcntl(listener_, F_DUPFD_CLOEXEC, 0));
    try_one ? enter() : come_back_after(AcceptPause::kLength);
  }

 private:
  void enter() {
    if (!server_.share_.loop.watch(listener_, events_, *this)) come_back_after(AcceptPause::kLength);
  }

  void leave(int error) {
    server_.tally_.accept_error = error;
    ++server_.tally_.accept_pauses;
    server_.share_.loop.forget(listener_);
    come_back_after(AcceptPause::kLength);
  }

  void come_back_after(std::chrono::milliseconds time) {
    server_.share_.loop.wake_at(EpollLoop::Clock::now() + time, *this);
  }

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
    must(server.share_.loop.watch(inbox.fd(), EPOLLIN, *this));
  }
  void happened(std::uint32_t) override {
    std::vector<Descriptor> sockets;
    if (inbox_.receive(sockets) == SocketInbox::Arrival::end) server_.share_.loop.end();
    for (Descriptor& socket : sockets) server_.adopt(std::move(socket));
  }
  void due() override {}

 private:
  EpollServer& server_;
  SocketInbox& inbox_;
};

EpollServer::EpollServer(Service& service, std::span<ServerTally> tallies, std::size_t own)
    : tallies_(tallies), tally_(tallies[own]), share_(service, tally_.live) {
  tally_.live = 0;  // A process that was killed could not do it.
}

EpollServer::~EpollServer() {
  while (!share_.connections.empty()) delete &share_.connections.front();
}

void EpollServer::serve(int listener, bool competing, const StopToken& stop) {
  const Bell bell(share_.loop, stop);
  const Doorway doorway(*this, listener, competing);
  share_.loop.run();
}

void EpollServer::serve(SocketInbox& inbox) {
  const Mailbox mailbox(*this, inbox);
  share_.loop.run();
}

/// Without memory for it, or when the kernel watches no more, the peer sees a closed connection.
void EpollServer::adopt(Descriptor socket) try {
  static_cast<void>(std::make_unique<EpollConnection>(share_, std::move(socket)).release());  // It is listed.
} catch (const std::exception&) {
}

}  // namespace bakeoff

#include "models/epoll/server.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace bakeoff::models::epoll {
namespace {

constexpr std::chrono::milliseconds kOverSharePause{1};  // In which a server with more than its share does not accept.

void throw_unless(bool watched) {
  if (!watched) throw std::system_error(errno, std::generic_category(), "watch a descriptor");
}

}  // namespace

/// Accepts one connection per turn, so that another server that waits on the listener gets the next.
class EpollServer::AcceptHandler final : public EpollHandler {
 public:
  AcceptHandler(EpollServer& server, int listener, bool competing)
      : server_(server), listener_(listener), events_(competing ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) descriptors_ = limit.rlim_cur;
    throw_unless(server_.state_.loop.watch(listener_, events_, *this));
  }

  void on_event(std::uint32_t) override {
    Accepted next = accept_from(listener_, SOCK_NONBLOCK);
    if (next.status == AcceptStatus::nothing) return;
    if (next.status == AcceptStatus::limit) return pause_accepting(next.error);
    const auto number = static_cast<rlim_t>(next.socket.get());
    ++server_.tally_.connections;
    server_.add_connection(std::move(next.socket));
    // The kernel gives out the lowest free number, so this was the last one. To leave the listener only when the next
    // connection has come would be too late: the kernel would have woken no other server for that.
    if (number + 1 == descriptors_) return pause_accepting(EMFILE);
    if ((events_ & EPOLLEXCLUSIVE) == 0) return;
    // The kernel wakes the first idle loop in line. A loop that did not go to the end of the line would get nearly all
    // connections that come one by one. A loop that did not give way at its share would, as long as it has the CPU, get
    // nearly all that come at once.
    server_.state_.loop.unwatch(listener_);
    has_more_than_its_share(server_.tally_, server_.tallies_) ? resume_after(kOverSharePause) : watch_listener();
  }

  void on_wake() override {
    const Descriptor try_one(::fcntl(listener_, F_DUPFD_CLOEXEC, 0));
    try_one ? watch_listener() : resume_after(AcceptPauses::kLength);
  }

 private:
  void watch_listener() {
    if (!server_.state_.loop.watch(listener_, events_, *this)) resume_after(AcceptPauses::kLength);
  }

  void pause_accepting(int error) {
    server_.tally_.accept_error = error;
    ++server_.tally_.accept_pauses;
    server_.state_.loop.unwatch(listener_);
    resume_after(AcceptPauses::kLength);
  }

  void resume_after(std::chrono::milliseconds time) {
    server_.state_.loop.wake_at(EpollLoop::Clock::now() + time, *this);
  }

  EpollServer& server_;
  const int listener_;
  const std::uint32_t events_;
  rlim_t descriptors_ = RLIM_INFINITY;
};

/// Ends the loop when the stop token becomes readable.
class EpollServer::StopHandler final : public EpollHandler {
 public:
  StopHandler(EpollLoop& loop, const StopToken& stop) : loop_(loop) {
    throw_unless(loop.watch(stop.fd(), EPOLLIN, *this));
  }
  void on_event(std::uint32_t) override { loop_.end(); }
  void on_wake() override {}

 private:
  EpollLoop& loop_;
};

/// Takes the sockets that another thread has accepted.
class EpollServer::InboxHandler final : public EpollHandler {
 public:
  InboxHandler(EpollServer& server, SocketInbox& inbox) : server_(server), inbox_(inbox) {
    throw_unless(server.state_.loop.watch(inbox.fd(), EPOLLIN, *this));
  }
  void on_event(std::uint32_t) override {
    std::vector<Descriptor> sockets;
    if (inbox_.receive(sockets) == SocketInbox::Arrival::end) server_.state_.loop.end();
    for (Descriptor& socket : sockets) server_.add_connection(std::move(socket));
  }
  void on_wake() override {}

 private:
  EpollServer& server_;
  SocketInbox& inbox_;
};

EpollServer::EpollServer(workloads::Service& service, std::span<ServerTally> tallies, std::size_t own)
    : tallies_(tallies), tally_(tallies[own]), state_(service, tally_.live) {
  tally_.live = 0;  // A predecessor that was killed could not count its connections down.
}

EpollServer::~EpollServer() {
  if (state_.client) state_.client->end();
  while (!state_.connections.empty()) delete &state_.connections.front();
}

void EpollServer::serve(const Listener& listener, bool competing, const StopToken& stop) {
  const StopHandler stop_handler(state_.loop, stop);
  const AcceptHandler accept_handler(*this, listener.socket.get(), competing);
  state_.loop.run();
}

void EpollServer::serve(SocketInbox& inbox) {
  const InboxHandler inbox_handler(*this, inbox);
  state_.loop.run();
}

/// Without memory for it, or when the kernel watches no more, the peer sees a closed connection.
void EpollServer::add_connection(Descriptor socket) try {
  static_cast<void>(std::make_unique<EpollConnection>(state_, std::move(socket)).release());  // It is listed.
} catch (const std::exception&) {
}

}  // namespace bakeoff::models::epoll

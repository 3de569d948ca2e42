// request-pool: one epoll instance holds every socket, and N threads take whole requests from it.
//
// Who waits:    idle threads, all in epoll_wait() on the same instance: the kernel gives each event to one of them
//               (leader and followers), which reads, serves what has come and gives the connection back (EPOLLONESHOT).
//               A pause blocks its thread, as a call to a database would.
// Who owns:     a connection owns its socket, its session and what could not be sent yet; at any moment at most one
//               thread has it. Read scratch and reply string are the thread's. Sessions share a locked store, one
//               thread alone needs no lock. The main thread accepts.
// Chosen by:    Apache's event MPM, Tomcat and Jetty on Java NIO, ASP.NET's thread pool, gRPC's and ACE's servers.
// Price:        two system calls a request more than a loop of one's own (one event at a time, and giving back), locks
//               around what is shared.
// Breaks under: as many requests that block as there are threads: all others wait behind them.
// Worth it:     idle connections cost next to nothing, blocking code serves them, and any thread takes any request.
// Left out:     growing and shrinking the pool, a queue of its own with a bound, priorities.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <deque>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "models/catalogue.h"
#include "models/epoll/shared_poller.h"
#include "models/epoll/nonblocking_connection.h"

namespace bakeoff::models {
namespace {

/// What a thread of the pool does.
class RequestThread {
 public:
  RequestThread(epoll::SharedPoller& poller, const StopToken& stop) : poller_(poller), stop_(stop) {}

  void run() {
    while (epoll::SharedPoller::PolledConnection* const connection = poller_.next()) {
      bool goes_on = false;
      std::uint32_t events = EPOLLIN;
      try {
        goes_on = converse(connection->peer, events);
      } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
        drop_replies(replies_);
      }
      goes_on ? poller_.rearm(*connection, events) : poller_.close_connection(*connection);
    }
  }

 private:
  /// The same order as converse() in connection.h: flush, then do what the session wants. Returns when the session
  /// wants what has not come yet; false when the conversation is over.
  bool converse(epoll::NonblockingConnection& peer, std::uint32_t& events) {
    auto received = epoll::NonblockingConnection::Received::more;
    for (int reads = 0;;) {
      if (!peer.send(replies_)) return false;
      if (peer.unsent()) return events = EPOLLOUT, true;
      switch (peer.step().want) {
        case workloads::Step::Want::input:
          if (received == epoll::NonblockingConnection::Received::drained || reads++ == kMostReads) return true;
          received = peer.receive(scratch_, replies_);
          if (received == epoll::NonblockingConnection::Received::end) return false;
          break;
        case workloads::Step::Want::close:
          shutdown_and_drain(peer.socket());
          return false;
        case workloads::Step::Want::wait:
          if (!wait_unless_peer_disconnects(peer.socket(), stop_, peer.step().pause)) return false;
          [[fallthrough]];
        case workloads::Step::Want::compute:
        case workloads::Step::Want::flush:
        case workloads::Step::Want::call:
          peer.perform_step(replies_);
      }
    }
  }

  epoll::SharedPoller& poller_;
  const StopToken& stop_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

class RequestPool final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    epoll::SharedPoller poller(stop);
    std::deque<std::jthread> pool;
    while (pool.size() < setup.units) pool.emplace_back([&] { RequestThread(poller, stop).run(); });
    AcceptPause pause;
    ModelReceipt receipt;
    ready();
    while (wait_acceptable(listener.socket.get(), stop)) {
      Accepted accepted = accept_from(listener.socket.get(), SOCK_NONBLOCK);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Resource::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++receipt.connections;
      poller.add_connection(std::move(accepted.socket), service);
    }
    pool.clear();
    receipt.units_created = receipt.peak_live_units = setup.units;
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_request_pool() {
  return std::make_unique<RequestPool>();
}

}  // namespace bakeoff::models

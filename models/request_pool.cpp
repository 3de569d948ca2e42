// request-pool: one epoll instance holds every socket, and N threads take whole requests from it.
//
// Who waits:    idle threads, all in epoll_wait() on the same instance: the kernel gives each event to one of them
//               (leader and followers), which reads, serves what has come and gives the connection back (EPOLLONESHOT).
//               With `dispatch=queue` only one listener thread is in epoll_wait(), and wakes an idle thread for each
//               event over a queue and a condition, as Apache's event MPM does. A pause blocks its thread, as a call to
//               a database would. The calling thread waits for connections.
// Who owns:     a connection owns its socket, its session and what could not be sent yet; at any moment at most one
//               thread has it (epoll/shared_poller.h). A thread owns a read scratch and a reply string. Sessions share
//               a locked store; one thread alone needs no lock.
// Chosen by:    gRPC's and ACE's servers, ASP.NET's thread pool; with `dispatch=queue` Apache's event MPM, Tomcat and
//               Jetty on Java NIO.
// Price:        two system calls per request more than event-loop, because events come one at a time and each
//               connection has to be given back; locks around what is shared. With `dispatch=queue` a switch between
//               threads per request too.
// Breaks under: as many requests that block as there are threads: all others wait behind them.
// Worth it:     idle connections cost next to nothing, blocking code serves them, and any thread takes any request.
// Left out:     growing and shrinking the pool, a queue of its own with a bound, priorities.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <deque>
#include <exception>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "models/back_end/blocking_client.h"
#include "models/blocking_acceptor.h"
#include "models/catalogue.h"
#include "models/epoll/nonblocking_connection.h"
#include "models/epoll/request_queue.h"
#include "models/epoll/shared_poller.h"
#include "models/peer_disconnect.h"

namespace bakeoff::models {
namespace {

/// What each thread of the pool does.
class RequestThread {
 public:
  RequestThread(epoll::SharedPoller& poller, const StopToken& stop, back_end::BlockingClient* client)
      : poller_(poller), stop_(stop), client_(client) {}

  /// Serves what `next` gives, until that is nullptr.
  void run(const auto& next) {
    while (epoll::SharedPoller::PolledConnection* const connection = next()) {
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
  /// The same order as converse() in connection.h: flush, then do what the session wants. True when `events` have to
  /// come first; false when the conversation is over.
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
        case workloads::Step::Want::open_file:
        case workloads::Step::Want::send_file:
          peer.perform_step(replies_);
          break;
        case workloads::Step::Want::call:
          peer.resume(client_->call(peer.step().calls), replies_);
      }
    }
  }

  epoll::SharedPoller& poller_;
  const StopToken& stop_;
  back_end::BlockingClient* client_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

/// What the listener thread of dispatch=queue does.
void poll_into(epoll::RequestQueue& requests, const epoll::SharedPoller& poller) {
  std::array<epoll::SharedPoller::PolledConnection*, epoll::SharedPoller::kMostAtOnce> ready{};
  while (const std::size_t found = poller.next(ready)) requests.put(std::span(ready).first(found));
  requests.end();
}

class RequestPool final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    const bool by_queue = setup.settings.text("dispatch") == "queue";
    epoll::SharedPoller poller(stop);
    epoll::RequestQueue requests;
    const auto client = back_end::make_blocking_client(service);
    std::deque<std::jthread> pool;
    while (pool.size() < setup.units) {
      pool.emplace_back([&] {
        RequestThread thread(poller, stop, client.get());
        by_queue ? thread.run([&] { return requests.take(); }) : thread.run([&] { return poller.next(); });
      });
    }
    if (by_queue) pool.emplace_back([&] { poll_into(requests, poller); });
    BlockingAcceptor acceptor(listener, stop, SOCK_NONBLOCK);
    ready();
    while (Descriptor socket = acceptor.wait_for_connection()) poller.add_connection(std::move(socket), service);
    pool.clear();  // Joins the threads, which the stop has woken.
    return {.connections = acceptor.accepted(),
            .units = {.created = setup.units, .peak_live = setup.units},
            .pauses = acceptor.pauses()};
  }
};

}  // namespace

std::unique_ptr<Model> make_request_pool() {
  return std::make_unique<RequestPool>();
}

}  // namespace bakeoff::models

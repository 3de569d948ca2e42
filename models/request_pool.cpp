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
#include "models/crowd.h"
#include "models/unblocked.h"

namespace bakeoff {
namespace {

/// What a thread of the pool does.
class Worker {
 public:
  Worker(Crowd& crowd, const StopToken& stop) : crowd_(crowd), stop_(stop) {}

  void live() {
    while (Crowd::Member* const member = crowd_.next()) {
      bool goes_on = false;
      std::uint32_t events = EPOLLIN;
      try {
        goes_on = converse(member->peer, events);
      } catch (const std::exception&) {  // Out of memory for this connection: it ends, the others go on.
        drop_replies(replies_);
      }
      goes_on ? crowd_.give_back(*member, events) : crowd_.end(*member);
    }
  }

 private:
  /// The same order as converse() in connection.h: flush, then do what the session wants. Returns when the session
  /// wants what has not come yet; false when the conversation is over.
  bool converse(Unblocked& peer, std::uint32_t& events) {
    auto received = Unblocked::Received::all;
    for (int reads = 0;;) {
      if (!peer.send(replies_)) return false;
      if (peer.unsent()) return events = EPOLLOUT, true;
      switch (peer.step().want) {
        case Step::Want::input:
          if (received == Unblocked::Received::drained || reads++ == kMostReads) return true;
          received = peer.receive(scratch_, replies_);
          if (received == Unblocked::Received::end) return false;
          break;
        case Step::Want::close:
          end_politely(peer.socket());
          return false;
        case Step::Want::wait:
          if (!wait_while_peer_stays(peer.socket(), stop_, peer.step().pause)) return false;
          [[fallthrough]];
        case Step::Want::compute:
        case Step::Want::flush:
        case Step::Want::call:
          peer.proceed(replies_);
      }
    }
  }

  Crowd& crowd_;
  const StopToken& stop_;
  std::array<char, kReadSize> scratch_;
  std::string replies_;
};

class RequestPool final : public Model {
 public:
  StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? StoreKind::unshared : StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    Crowd crowd(stop);
    std::deque<std::jthread> pool;
    while (pool.size() < setup.units) pool.emplace_back([&] { Worker(crowd, stop).live(); });
    AcceptPause pause;
    ModelReceipt receipt;
    ready();
    while (wait_acceptable(listener.socket.get(), stop)) {
      Accepted accepted = accept_from(listener.socket.get(), SOCK_NONBLOCK);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Wanted::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++receipt.connections;
      crowd.adopt(std::move(accepted.socket), service);
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

}  // namespace bakeoff

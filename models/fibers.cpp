// fibers: a fiber for every connection, N threads, each fiber pinned to its thread.
//
// Who waits:    the connection's own fiber, suspended; its thread waits in epoll_wait() for all of them at once. The
//               code reads like that of threads: it runs the same converse().
// Who owns:     a fiber owns its socket, session and unsent bytes, on its own stack. A loop (a thread) owns its fibers,
//               one read scratch and one reply string. The first thread also accepts and deals the sockets out in turn.
// Chosen by:    Go's netpoller with goroutines, Java's virtual threads, folly::fibers, OpenResty's Lua.
// Price:        a stack for each connection (64 KiB reserved, 4 to 8 KiB touched), switches of about 90 ns in user
//               space. One thread needs no lock; several share a locked store.
// Breaks under: computation and calls that block the thread: they hold up every fiber on it. Deep recursion: nothing
//               guards the stacks.
// Left out:     stealing work from another thread's fibers, guard pages, growing stacks.
#include <sys/socket.h>

#include <array>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <deque>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/fiber_stream.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

namespace fibers = boost::fibers;

/// One thread's share of the connections. Made, used and destroyed on that thread, which has a FiberScheduler.
class Loop {
 public:
  Loop(Service& service, LiveCount& live) : service_(service), live_(live) {}

  /// Serves the socket on a fiber of its own. Without memory for one, the peer sees a closed connection.
  void adopt(Descriptor socket) try {
    auto whole_life = [this, taken = std::move(socket)] {
      serve(taken.get());
      if (--unfinished_ == 0) all_finished_.notify_all();
    };
    ++unfinished_;
    // Dispatched: it runs at once, up to its first wait, so that a crowd of newcomers cannot hold up the others.
    fibers::fiber(fibers::launch::dispatch, std::allocator_arg, fibers::fixedsize_stack(kFiberStackBytes),
                  std::move(whole_life))
        .detach();
  } catch (const std::exception&) {
    --unfinished_;
  }

  bool pause(std::chrono::nanoseconds time) { return pauses_.sleep(time); }

  /// Shuts every connection down and suspends until the last fiber has ended.
  void finish() {
    pauses_.stop();
    for (FiberStream& stream : streams_) stream.shut_down();
    std::unique_lock lock(mutex_);
    all_finished_.wait(lock, [this] { return unfinished_ == 0; });
  }

 private:
  void serve(int socket) {
    const LiveCount::Held held(live_);
    if (pauses_.stopped()) return;
    try {
      const auto session = service_.connect();
      FiberStream stream(socket, pauses_);
      streams_.push_back(stream);
      converse(*session, stream, scratch_, replies_);
    } catch (const std::exception&) {  // Out of memory for this connection, or the kernel watches no more descriptors.
      replies_.clear();
    }
  }

  Service& service_;
  LiveCount& live_;
  std::array<char, kReadSize> scratch_;  // Between two suspensions only one fiber uses these two.
  std::string replies_;
  LiveList<FiberStream> streams_;
  Pauses pauses_;
  std::size_t unfinished_ = 0;  // Fibers, begun or not.
  fibers::mutex mutex_;
  fibers::condition_variable all_finished_;
};

/// A loop on a thread of its own.
class RemoteLoop {
 public:
  RemoteLoop(Service& service, LiveCount& live) : thread_([this, &service, &live] { run(service, live); }) {}
  ~RemoteLoop() {
    inbox_.end();
    thread_.join();
  }
  void adopt(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void run(Service& service, LiveCount& live) {
    fibers::use_scheduling_algorithm<FiberScheduler>();
    Loop loop(service, live);
    Awaited arrivals(inbox_.fd());
    for (auto arrival = SocketInbox::Arrival::nothing; arrival != SocketInbox::Arrival::end;) {
      arrivals.await_readable();
      std::vector<Descriptor> sockets;
      arrival = inbox_.receive(sockets);
      if (arrival == SocketInbox::Arrival::nothing) arrivals.drained();
      for (Descriptor& socket : sockets) loop.adopt(std::move(socket));
    }
    loop.finish();
  }

  SocketInbox inbox_;
  std::thread thread_;
};

class Fibers final : public Model {
 public:
  StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? StoreKind::unshared : StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    fibers::use_scheduling_algorithm<FiberScheduler>();
    LiveCount live;
    Loop home(service, live);
    std::deque<RemoteLoop> others;
    while (others.size() + 1 < setup.units) others.emplace_back(service, live);
    Awaited acceptable(listener.socket.get()), stopped(stop.fd());
    AcceptPause pause;
    ModelReceipt receipt;
    bool stopping = false;

    fibers::fiber acceptor([&] {
      for (acceptable.await_readable(); !stopping; acceptable.await_readable()) {
        Accepted accepted = accept_from(listener.socket.get(), SOCK_NONBLOCK);
        if (accepted.status == AcceptStatus::nothing) acceptable.drained();
        if (accepted.status == AcceptStatus::limit) {
          pause.count(Wanted::descriptor, accepted.error);
          home.pause(AcceptPause::kLength);
        }
        if (accepted.status != AcceptStatus::accepted) continue;
        const std::size_t turn = receipt.connections++ % setup.units;
        turn == 0 ? home.adopt(std::move(accepted.socket)) : others[turn - 1].adopt(std::move(accepted.socket));
      }
    });
    ready();
    stopped.await_readable();
    stopping = true;
    acceptable.wake();
    acceptor.join();
    home.finish();
    others.clear();
    receipt.units_created = live.begun();
    receipt.peak_live_units = live.peak();
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_fibers() {
  return std::make_unique<Fibers>();
}

}  // namespace bakeoff

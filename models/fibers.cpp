// fibers: a fiber for every connection, carried by N threads; whichever is free runs it (M:N), or always its own
// (pinned).
//
// Who waits:    the connection's own fiber, suspended; idle threads wait in one epoll_wait() for all of them. The code
//               reads like that of threads: it runs the same converse().
// Who owns:     a fiber owns its socket, session and replies, on its own stack. A thread owns a read scratch, which a
//               fiber uses between two waits. fiber_crew.h has what the threads share.
// Chosen by:    Go's goroutines and netpoller, Java's virtual threads; pinned: folly::fibers, OpenResty's Lua.
// Price:        a stack for each connection (64 KiB reserved, 4 to 8 KiB touched), switches of about 90 ns in user
//               space; moving between threads costs locks and the caches. One thread needs no lock around its store.
// Breaks under: calls that block the thread, on all threads at once; pinned: one of them, for its fibers. Deep
// recursion:
//               a guard page makes it a fault, where it has one.
// Left out:     taking a fiber off its thread in the middle of a computation, growing stacks.
#include <sys/socket.h>

#include <atomic>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "models/awaited.h"
#include "models/catalogue.h"
#include "models/fiber_connections.h"
#include "models/fiber_scheduler.h"
#include "models/fiber_stacks.h"

namespace bakeoff {
namespace {

namespace fibers = boost::fibers;

/// Starts a thread with the crew's order of fibers, and waits until it has that: what it needs for it, it must have
/// before connections take the last descriptors. Throws what went wrong.
std::jthread start_thread(std::shared_ptr<FiberCrew> crew, std::function<void()> work) {
  std::promise<void> start;
  std::future<void> started = start.get_future();
  std::jthread thread([crew = std::move(crew), work = std::move(work), start = std::move(start)]() mutable {
    try {
      fibers::use_scheduling_algorithm<FiberScheduler>(crew);
    } catch (...) {
      return start.set_exception(std::current_exception());
    }
    start.set_value();
    work();
  });
  started.get();
  return thread;
}

/// A thread that is a crew of its own: its fibers are pinned to it.
class RemoteLoop {
 public:
  explicit RemoteLoop(FiberService& shared)
      : thread_(start_thread(std::make_shared<FiberCrew>(1), [this, &shared] { run(shared); })) {}
  ~RemoteLoop() { inbox_.end(); }
  void adopt(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void run(FiberService& shared) {
    FiberConnections connections(shared);
    Awaited arrivals(inbox_.fd());
    for (auto arrival = SocketInbox::Arrival::nothing; arrival != SocketInbox::Arrival::end;) {
      arrivals.await_readable();
      const auto taken = arrivals.take_readable();
      std::vector<Descriptor> sockets;
      arrival = inbox_.receive(sockets);
      if (arrival != SocketInbox::Arrival::nothing) arrivals.give_back(taken);
      for (Descriptor& socket : sockets) connections.adopt(std::move(socket));
    }
    connections.finish();
  }

  SocketInbox inbox_;
  std::jthread thread_;
};

class Fibers final : public Model {
 public:
  StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? StoreKind::unshared : StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const bool pinned = setup.settings.yes("pinned");
    const auto stacks = std::make_shared<FiberStacks>(kStackFactor * 1024 * setup.settings.number("stack-kib"),
                                                      setup.settings.yes("guard") ? room_for_guarded_stacks() : 0);
    FiberService shared{service, FiberStackAllocator(stacks)};
    const auto crew = std::make_shared<FiberCrew>(pinned ? 1 : setup.units);
    fibers::use_scheduling_algorithm<FiberScheduler>(crew);
    ModelReceipt receipt;
    {
      FiberConnections home(shared);
      std::vector<std::jthread> hands;
      const std::unique_ptr<FiberConnections, void (*)(FiberConnections*)> at_end(
          &home, [](FiberConnections* all) { all->finish(); });
      std::deque<RemoteLoop> others;
      for (std::size_t i = 1; i < setup.units; ++i) {
        if (pinned) others.emplace_back(shared);
        if (!pinned) hands.push_back(start_thread(crew, [&home] { home.lend(); }));
      }
      accept_until(stop, listener.socket.get(), receipt, ready, [&](Descriptor socket) {
        const std::size_t turn = receipt.connections++ % (others.size() + 1);
        turn == 0 ? home.adopt(std::move(socket)) : others[turn - 1].adopt(std::move(socket));
      });
    }
    receipt.units_created = shared.live.begun();
    receipt.peak_live_units = shared.live.peak();
    if (const auto first = stacks->first_unguarded(); first != 0 && setup.settings.yes("guard"))
      receipt.settled["guard"] = "no from stack " + std::to_string(first) + " on";
    return receipt;
  }

 private:
  static void accept_until(const StopToken& stop, int listener, ModelReceipt& receipt,
                           const std::function<void()>& ready, const std::function<void(Descriptor)>& adopt) {
    Awaited acceptable(listener), stopped(stop.fd());
    AcceptPause pause;
    std::atomic<bool> stopping{false};
    fibers::fiber acceptor([&] {
      for (;;) {
        acceptable.await_readable();
        const auto taken = acceptable.take_readable();
        if (stopping) return;  // Not before: what was taken may have been the call to stop.
        Accepted accepted = accept_from(listener, SOCK_NONBLOCK);
        if (accepted.status != AcceptStatus::nothing) acceptable.give_back(taken);
        if (accepted.status == AcceptStatus::limit) {
          pause.count(Wanted::descriptor, accepted.error);
          FiberScheduler::current().sleep(AcceptPause::kLength);
        }
        if (accepted.status == AcceptStatus::accepted) adopt(std::move(accepted.socket));
      }
    });
    ready();
    stopped.await_readable();
    stopping = true;
    acceptable.wake();
    acceptor.join();
    receipt.accept_pauses = pause.times();
    receipt.limit = pause.limit();
  }
};

}  // namespace

std::unique_ptr<Model> make_fibers() {
  return std::make_unique<Fibers>();
}

}  // namespace bakeoff

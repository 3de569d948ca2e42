// fibers: a fiber for every connection, carried by N threads; whichever is free runs it (M:N), or always its own
// (pinned).
//
// Who waits:    the connection's own fiber, suspended; idle threads wait in one epoll_wait() for all of them. The code
//               reads like that of threads: it runs the same converse().
// Who owns:     a fiber owns its socket, session and replies, on its own stack. A thread owns a read scratch, which a
//               fiber uses between two waits. fibers/thread_group.h has what the threads share.
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

#include "models/fibers/descriptor.h"
#include "models/catalogue.h"
#include "models/fibers/connections.h"
#include "models/fibers/scheduler.h"
#include "models/fibers/stacks.h"

namespace bakeoff::models {
namespace {


/// Starts a thread with the group's order of fibers, and waits until it has that: what it needs for it, it must have
/// before connections take the last descriptors. Throws what went wrong.
std::jthread start_thread(std::shared_ptr<fibers::FiberThreadGroup> group, std::function<void()> work) {
  std::promise<void> start;
  std::future<void> started = start.get_future();
  std::jthread thread([group = std::move(group), work = std::move(work), start = std::move(start)]() mutable {
    try {
      boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
    } catch (...) {
      return start.set_exception(std::current_exception());
    }
    start.set_value();
    work();
  });
  started.get();
  return thread;
}

/// A thread that is a group of its own: its fibers are pinned to it.
class PinnedFiberThread {
 public:
  explicit PinnedFiberThread(fibers::FiberConnectionResources& shared)
      : thread_(start_thread(std::make_shared<fibers::FiberThreadGroup>(1), [this, &shared] { run(shared); })) {}
  ~PinnedFiberThread() { inbox_.end(); }
  void add_connection(Descriptor socket) { inbox_.send(std::move(socket)); }

 private:
  void run(fibers::FiberConnectionResources& shared) {
    fibers::FiberConnections connections(shared);
    fibers::FiberDescriptor arrivals(inbox_.fd());
    for (auto arrival = SocketInbox::Arrival::nothing; arrival != SocketInbox::Arrival::end;) {
      arrivals.await_readable();
      const auto taken = arrivals.consume_readable();
      std::vector<Descriptor> sockets;
      arrival = inbox_.receive(sockets);
      if (arrival != SocketInbox::Arrival::nothing) arrivals.restore(taken);
      for (Descriptor& socket : sockets) connections.add_connection(std::move(socket));
    }
    connections.shut_down_all();
  }

  SocketInbox inbox_;
  std::jthread thread_;
};

class Fibers final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const bool pinned = setup.settings.yes("pinned");
    const auto stacks = std::make_shared<fibers::FiberStacks>(fibers::kStackFactor * 1024 * setup.settings.number("stack-kib"),
                                                      setup.settings.yes("guard") ? fibers::room_for_guarded_stacks() : 0);
    fibers::FiberConnectionResources shared{service, fibers::FiberStackAllocator(stacks)};
    const auto group = std::make_shared<fibers::FiberThreadGroup>(pinned ? 1 : setup.units);
    boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);
    ModelReceipt receipt;
    {
      fibers::FiberConnections main_connections(shared);
      std::vector<std::jthread> carriers;
      const std::unique_ptr<fibers::FiberConnections, void (*)(fibers::FiberConnections*)> at_end(
          &main_connections, [](fibers::FiberConnections* all) { all->shut_down_all(); });
      std::deque<PinnedFiberThread> others;
      for (std::size_t i = 1; i < setup.units; ++i) {
        if (pinned) others.emplace_back(shared);
        if (!pinned) carriers.push_back(start_thread(group, [&main_connections] { main_connections.carry_until_shut_down(); }));
      }
      accept_until(stop, listener.socket.get(), receipt, ready, [&](Descriptor socket) {
        const std::size_t turn = receipt.connections++ % (others.size() + 1);
        turn == 0 ? main_connections.add_connection(std::move(socket)) : others[turn - 1].add_connection(std::move(socket));
      });
    }
    receipt.units_created = shared.live.begun();
    receipt.peak_live_units = shared.live.peak();
    if (const auto first = stacks->first_unguarded(); first != 0 && setup.settings.yes("guard"))
      receipt.adjusted_settings["guard"] = "no from stack " + std::to_string(first) + " on";
    return receipt;
  }

 private:
  static void accept_until(const StopToken& stop, int listener, ModelReceipt& receipt,
                           const std::function<void()>& ready, const std::function<void(Descriptor)>& add_connection) {
    fibers::FiberDescriptor acceptable(listener), stopped(stop.fd());
    AcceptPause pause;
    std::atomic<bool> stopping{false};
    boost::fibers::fiber acceptor([&] {
      for (;;) {
        acceptable.await_readable();
        const auto taken = acceptable.consume_readable();
        if (stopping) return;  // Not before: what was taken may have been the call to stop.
        Accepted accepted = accept_from(listener, SOCK_NONBLOCK);
        if (accepted.status != AcceptStatus::nothing) acceptable.restore(taken);
        if (accepted.status == AcceptStatus::limit) {
          pause.count(Resource::descriptor, accepted.error);
          fibers::FiberScheduler::current().sleep(AcceptPause::kLength);
        }
        if (accepted.status == AcceptStatus::accepted) add_connection(std::move(accepted.socket));
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

}  // namespace bakeoff::models

// fibers: a fiber for every connection, carried by N threads. Any thread that is free runs it (M:N), or with `pinned`
// always the same one.
//
// Who waits:    the connection's own fiber, suspended (fibers/scheduler.h). Idle threads wait in one epoll_wait() for
//               all fibers; when pinned, each in one of its own. The code reads like that of threads: it runs the same
//               converse().
// Who accepts:  a fiber of its own (fibers/acceptor.h). Pinned, connections go to the threads in turn, to the others
//               through an inbox that a fiber there waits for (fibers/threads.h).
// Who owns:     a fiber owns its socket, session and replies, on its own stack (fibers/connections.h). A thread owns a
//               read scratch, which a fiber uses between two waits. The threads of a group share the epoll, the queues
//               of ready fibers and the sleeps (fibers/thread_group.h).
// Chosen by:    Go's goroutines and netpoller, Java's virtual threads; pinned: folly::fibers, OpenResty's Lua.
// Price:        a stack for each connection (64 KiB reserved, 4 to 8 KiB touched), switches of about 90 ns in user
//               space; moving between threads costs locks and the caches. One thread needs no lock around its store.
// Breaks under: calls that block a thread: M:N when all threads block at once; pinned, one is enough to hold up its
//               fibers. Deep recursion: a guard page makes it a fault, on stacks that have one.
// Stops:        the acceptor is joined, and what serve() has declared ends from the bottom up: the pinned threads with
//               their connections, the connections of this thread's group, and the threads that carried them.
// Left out:     taking a fiber off its thread in the middle of a computation, growing stacks.
#include <boost/fiber/operations.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "models/catalogue.h"
#include "models/fibers/acceptor.h"
#include "models/fibers/connections.h"
#include "models/fibers/scheduler.h"
#include "models/fibers/stacks.h"
#include "models/fibers/threads.h"

namespace bakeoff::models {
namespace {

class Fibers final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    const bool pinned = setup.settings.yes("pinned");
    const auto stacks =
        std::make_shared<fibers::FiberStacks>(fibers::kStackFactor * 1024 * setup.settings.number("stack-kib"),
                                              setup.settings.yes("guard") ? fibers::room_for_guarded_stacks() : 0);
    fibers::FiberConnectionResources shared{service, fibers::FiberStackAllocator(stacks)};
    const auto group = std::make_shared<fibers::FiberThreadGroup>(pinned ? 1 : setup.units);
    boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);  // This thread carries fibers too.
    ModelReceipt receipt;
    {
      fibers::FiberConnections main_connections(shared);
      std::vector<std::jthread> carriers;  // The others of the group. Joined after at_end has shut the fibers down.
      const std::unique_ptr<fibers::FiberConnections, void (*)(fibers::FiberConnections*)> at_end(
          &main_connections, [](fibers::FiberConnections* all) { all->shut_down_all(); });
      std::deque<fibers::PinnedFiberThread> others;  // Each with fibers of its own.
      for (std::size_t i = 1; i < setup.units; ++i) {
        if (pinned) others.emplace_back(shared);
        if (!pinned) {
          carriers.push_back(
              fibers::start_thread(group, [&main_connections] { main_connections.carry_until_shut_down(); }));
        }
      }
      fibers::accept_until(stop, listener.socket.get(), receipt, ready, [&](Descriptor socket) {
        const std::size_t turn = receipt.connections++ % (others.size() + 1);
        turn == 0 ? main_connections.add_connection(std::move(socket))
                  : others[turn - 1].add_connection(std::move(socket));
      });
    }
    receipt.units = shared.live.counts();
    if (const auto first = stacks->first_unguarded(); first != 0 && setup.settings.yes("guard"))
      receipt.adjusted_settings["guard"] = "no from stack " + std::to_string(first) + " on";
    return receipt;
  }
};

}  // namespace

std::unique_ptr<Model> make_fibers() {
  return std::make_unique<Fibers>();
}

}  // namespace bakeoff::models

// event-loops: N loops, each in a process or on a thread of its own, each with its own connections.
//
// Who waits:    only the loops, each in its own epoll_wait(). With `listen=shared` they also wait there for the one
//               listener: each connection wakes them all, and with `reactor=epoll` only one (EPOLLEXCLUSIVE). With
//               `reuseport` each loop has a listener of its own, over which the kernel hashes. With `dealt` one thread
//               accepts and deals the connections out in turn.
// Who owns:     a loop owns its connections, read scratch and reply string (asio/server.h, epoll/server.h); no
//               connection changes its loop. The sessions share the store: between processes in shared memory, between
//               threads behind locks. The parent owns the processes (processes/worker_processes.h), replaces those
//               that die, and touches no connection.
// Chosen by:    nginx and HAProxy before threads (processes, shared or reuseport); Envoy (threads, reuseport), Seastar
//               and memcached (threads, dealt).
// Price:        that of event-loop, and a lock or shared memory around the store. A loop that is busy does not pass its
//               connections on to one that is idle.
// Breaks under: long computation: it holds up every connection of the same loop, also while another CPU is idle.
// Worth it:     all CPUs are used without a switch per request; a process that crashes ends its own connections only.
// Left out:     pinning loops to CPUs, moving connections between loops, a store divided among the loops.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "models/asio/server.h"
#include "models/blocking_acceptor.h"
#include "models/catalogue.h"
#include "models/epoll/server.h"
#include "models/processes/worker_processes.h"
#include "models/processes/worker_signals.h"
#include "models/processes/worker_slots.h"
#include "models/server_threads.h"
#include "models/shared_array.h"

namespace bakeoff::models {
namespace {

/// Throws std::invalid_argument for settings that contradict each other.
bool by_processes(const workloads::Settings& settings) {
  const bool processes = settings.text("by") == "processes";
  if (processes && settings.text("listen") == "dealt") {
    throw std::invalid_argument(
        "event-loops: found listen=dealt with by=processes, expected by=threads: sockets are "
        "dealt to threads only");
  }
  return processes;
}

/// What each loop listens on.
class Listeners {
 public:
  Listeners(const Listener& first, const ModelSetup& setup)
      : first_(first), competing_(setup.settings.text("listen") == "shared" && setup.units > 1) {
    const bool each_its_own = setup.settings.text("listen") == "reuseport";
    while (each_its_own && own_.size() + 1 < setup.units) own_.push_back(listen_reuseport(first));
  }
  bool competing() const { return competing_; }
  const Listener& of(std::size_t loop) const { return loop == 0 || own_.empty() ? first_ : own_[loop - 1]; }

 private:
  const Listener& first_;
  bool competing_;
  std::vector<Listener> own_;
};

/// What a worker process does.
template <typename Server>
void run_worker(const Listeners& listeners, const processes::WorkerSlots& slots, workloads::Service& service,
                std::span<ServerTally> tallies) try {
  const processes::LoopWorkerSignals signals;
  const std::size_t slot = slots.claim();
  Server(service, tallies, slot).serve(listeners.of(slot), listeners.competing(), signals.stop());
} catch (const std::exception&) {  // No descriptor or memory for a loop: the parent tries again in a moment.
  ::_exit(1);
}

class EventLoops final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    if (by_processes(setup.settings)) return workloads::StoreKind::process_shared;
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    return setup.settings.text("reactor") == "epoll"
               ? serve_by<epoll::EpollServer>(listener, service, setup, stop, ready)
               : serve_by<asio::AsioServer>(listener, service, setup, stop, ready);
  }

 private:
  template <typename Server>
  static ModelReceipt serve_by(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                               const StopToken& stop, const std::function<void()>& ready) {
    const Listeners listeners(listener, setup);
    const SharedArray<ServerTally> tallies(setup.units);
    ModelReceipt receipt;
    if (by_processes(setup.settings)) {
      const processes::WorkerSlots slots;
      const auto work = [&] { run_worker<Server>(listeners, slots, service, tallies.items()); };
      processes::WorkerProcesses workers(work, setup.units);
      supervise(workers, stop, receipt.pauses, ready);
      receipt.units = workers.counts();
    } else {
      const bool dealt = setup.settings.text("listen") == "dealt";
      ServerThreads<Server> servers;
      for (std::size_t i = 0; i < setup.units; ++i) {
        dealt ? servers.start_dealt(service, tallies.items())
              : servers.start_accepting(listeners.of(i), listeners.competing(), service, tallies.items());
      }
      ready();
      if (dealt) {
        BlockingAcceptor acceptor(listener, stop, SOCK_NONBLOCK);
        while (Descriptor socket = acceptor.wait_for_connection())
          servers.deal(std::move(socket), receipt.connections++);
        receipt.pauses = acceptor.pauses();
      }
      while (stop.sleep(std::chrono::hours{1})) continue;
      receipt.units = {.created = setup.units, .peak_live = setup.units};
    }
    add_tallies(receipt, tallies.items());
    return receipt;
  }

  /// Keeps as many workers alive as are wanted, until the stop comes.
  static void supervise(processes::WorkerProcesses& workers, const StopToken& stop, AcceptPauses& pauses,
                        const std::function<void()>& ready) {
    constexpr int kRetryAfterMs = static_cast<int>(AcceptPauses::kLength.count());
    if (!workers.fork_missing()) pauses.count(Resource::process, errno);
    if (workers.counts().created == 0) throw std::system_error(errno, std::generic_category(), "fork the first worker");
    ready();
    while (workers.wait_and_reap(stop, workers.is_full() ? -1 : kRetryAfterMs)) {
      if (workers.is_full()) continue;
      // Without this moment's rest, workers that die at once would become a storm of forks.
      if (stop.sleep(AcceptPauses::kLength) && !workers.fork_missing()) pauses.count(Resource::process, errno);
    }
    workers.stop_all();
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loops() {
  return std::make_unique<EventLoops>();
}

}  // namespace bakeoff::models

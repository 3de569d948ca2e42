// event-loops: N loops, each in a process or on a thread of its own, each with its own connections.
//
// Who waits:    nobody but the loops, each in its own epoll_wait(). With `listen=shared` they also wait there for the
//               one listener, of which the kernel wakes one (EPOLLEXCLUSIVE); `reuseport` gives each a listener of its
//               own, over which the kernel hashes; `dealt` has one thread accept and deal them out in turn.
// Who owns:     a loop owns its connections, read scratch and reply string (epoll/server.h); no connection changes its
//               loop. What the sessions share is the store: between processes in shared memory, between threads behind
//               locks. The parent owns the processes (processes/worker_processes.h), replaces one that dies, and touches no connection.
// Chosen by:    nginx and HAProxy before threads (processes, shared or reuseport); Envoy (threads, reuseport), Seastar
//               and memcached (threads, dealt).
// Price:        a lock or shared memory around the store; a loop that is busy does not pass its connections on to one
//               that is idle. Otherwise that of event-loop.
// Breaks under: long computation: it holds up every connection of the same loop, a CPU being idle beside it or not.
// Worth it:     all CPUs, without a switch a request. A process that crashes takes only its own connections along.
// Left out:     pinning loops to CPUs, moving connections between loops, a store divided among the loops.
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "models/catalogue.h"
#include "models/epoll/server_threads.h"
#include "models/epoll/server.h"
#include "models/processes/worker_processes.h"
#include "models/shared_array.h"
#include "models/processes/loop_worker.h"

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
  int of(std::size_t loop) const { return (loop == 0 || own_.empty() ? first_ : own_[loop - 1]).socket.get(); }

 private:
  const Listener& first_;
  bool competing_;
  std::vector<Listener> own_;
};

/// A worker's life.
void run_worker(const Listeners& listeners, const processes::WorkerSlots& slots, workloads::Service& service, std::span<epoll::ServerTally> tallies) try {
  const StopToken stop = processes::stop_on_sigterm();
  const std::size_t slot = slots.claim();
  epoll::EpollServer(service, tallies, slot).serve(listeners.of(slot), listeners.competing(), stop);
} catch (const std::exception&) {  // No descriptor or memory for a loop: the parent tries again in a moment.
  ::_exit(1);
}

class EventLoops final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    if (by_processes(setup.settings)) return workloads::StoreKind::process_shared;
    return setup.units == 1 ? workloads::StoreKind::unshared : workloads::StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const Listeners listeners(listener, setup);
    const SharedArray<epoll::ServerTally> tallies(setup.units);
    AcceptPause pause;
    ModelReceipt receipt;
    if (by_processes(setup.settings)) {
      const processes::WorkerSlots slots;
      processes::WorkerProcesses workers([&] { run_worker(listeners, slots, service, tallies.items()); }, setup.units);
      supervise(workers, stop, pause, ready);
      receipt.units_created = workers.created();
      receipt.peak_live_units = workers.peak();
    } else {
      const bool dealt = setup.settings.text("listen") == "dealt";
      epoll::EpollServerThreads servers;
      for (std::size_t i = 0; i < setup.units; ++i) {
        dealt ? servers.start_dealt(service, tallies.items())
              : servers.start_accepting(listeners.of(i), listeners.competing(), service, tallies.items());
      }
      ready();
      if (dealt) receipt.connections = deal(servers, listener.socket.get(), stop, pause);
      while (stop.sleep(std::chrono::hours{1})) continue;
      receipt.units_created = receipt.peak_live_units = setup.units;
    }
    receipt.limit = pause.limit();
    receipt.accept_pauses = pause.times();
    for (const epoll::ServerTally& tally : tallies.items()) {
      receipt.connections += tally.connections;
      receipt.accept_pauses += tally.accept_pauses;
      const int refused = tally.accept_error;
      if (refused != 0 && receipt.limit.empty()) receipt.limit = name_limit(Resource::descriptor, refused);
    }
    return receipt;
  }

 private:
  static void supervise(processes::WorkerProcesses& workers, const StopToken& stop, AcceptPause& pause, const std::function<void()>& ready) {
    constexpr int kRetryAfterMs = static_cast<int>(AcceptPause::kLength.count());
    if (!workers.fork_missing()) pause.count(Resource::process, errno);
    if (workers.created() == 0) throw std::system_error(errno, std::generic_category(), "fork the first worker");
    ready();
    while (workers.wait_and_reap(stop, workers.is_full() ? -1 : kRetryAfterMs)) {
      if (workers.is_full()) continue;
      // The rest for a moment keeps workers that die at once from becoming a storm of forks.
      if (stop.sleep(AcceptPause::kLength) && !workers.fork_missing()) pause.count(Resource::process, errno);
    }
    workers.stop_all();
  }

  /// Deals connections out until the stop comes, and says how many.
  static std::uint64_t deal(epoll::EpollServerThreads& servers, int listener, const StopToken& stop, AcceptPause& pause) {
    std::uint64_t dealt = 0;
    while (wait_acceptable(listener, stop)) {
      Accepted accepted = accept_from(listener, SOCK_NONBLOCK);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Resource::descriptor, accepted.error);
      if (accepted.status == AcceptStatus::accepted) servers.deal(std::move(accepted.socket), dealt++);
    }
    return dealt;
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loops() {
  return std::make_unique<EventLoops>();
}

}  // namespace bakeoff::models

// event-loops: N loops, each in a process or on a thread of its own, each with its own connections.
//
// Who waits:    nobody but the loops, each in its own epoll_wait(). With `listen=shared` they also wait there for the
//               one listener, of which the kernel wakes one (EPOLLEXCLUSIVE); `reuseport` gives each a listener of its
//               own, over which the kernel hashes; `dealt` has one thread accept and deal them out in turn.
// Who owns:     a loop owns its connections, read scratch and reply string (epoll_server.h); no connection changes its
//               loop. What the sessions share is the store: between processes in shared memory, between threads behind
//               locks. The parent owns the processes (herd.h), replaces one that dies, and touches no connection.
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
#include "models/epoll_crew.h"
#include "models/epoll_server.h"
#include "models/herd.h"
#include "models/shared_memory.h"
#include "models/worker.h"

namespace bakeoff {
namespace {

/// Throws std::invalid_argument for settings that contradict each other.
bool by_processes(const Settings& settings) {
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
    while (each_its_own && own_.size() + 1 < setup.units) own_.push_back(listen_beside(first));
  }
  bool competing() const { return competing_; }
  int of(std::size_t loop) const { return (loop == 0 || own_.empty() ? first_ : own_[loop - 1]).socket.get(); }

 private:
  const Listener& first_;
  bool competing_;
  std::vector<Listener> own_;
};

/// A worker's life.
void work(const Listeners& listeners, const Places& places, Service& service, std::span<ServerTally> tallies) try {
  const StopToken stop = stop_of_this_worker();
  const std::size_t place = places.take();
  EpollServer(service, tallies, place).serve(listeners.of(place), listeners.competing(), stop);
} catch (const std::exception&) {  // No descriptor or memory for a loop: the parent tries again in a moment.
  ::_exit(1);
}

class EventLoops final : public Model {
 public:
  StoreKind store_kind(const ModelSetup& setup) const override {
    if (by_processes(setup.settings)) return StoreKind::process_shared;
    return setup.units == 1 ? StoreKind::unshared : StoreKind::locked;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const Listeners listeners(listener, setup);
    const SharedArray<ServerTally> tallies(setup.units);
    AcceptPause pause;
    ModelReceipt receipt;
    if (by_processes(setup.settings)) {
      const Places places;
      Herd herd([&] { work(listeners, places, service, tallies.items()); }, setup.units);
      keep(herd, stop, pause, ready);
      receipt.units_created = herd.created();
      receipt.peak_live_units = herd.peak();
    } else {
      const bool dealt = setup.settings.text("listen") == "dealt";
      Crew crew;
      for (std::size_t i = 0; i < setup.units; ++i) {
        dealt ? crew.hire_for_dealing(service, tallies.items())
              : crew.hire(listeners.of(i), listeners.competing(), service, tallies.items());
      }
      ready();
      if (dealt) receipt.connections = deal(crew, listener.socket.get(), stop, pause);
      while (stop.sleep(std::chrono::hours{1})) continue;
      receipt.units_created = receipt.peak_live_units = setup.units;
    }
    receipt.limit = pause.limit();
    receipt.accept_pauses = pause.times();
    for (const ServerTally& tally : tallies.items()) {
      receipt.connections += tally.connections;
      receipt.accept_pauses += tally.accept_pauses;
      const int refused = tally.accept_error;
      if (refused != 0 && receipt.limit.empty()) receipt.limit = name_limit(Wanted::descriptor, refused);
    }
    return receipt;
  }

 private:
  static void keep(Herd& herd, const StopToken& stop, AcceptPause& pause, const std::function<void()>& ready) {
    constexpr int kMoment = static_cast<int>(AcceptPause::kLength.count());
    if (!herd.fill()) pause.count(Wanted::process, errno);
    if (herd.created() == 0) throw std::system_error(errno, std::generic_category(), "fork the first worker");
    ready();
    while (herd.watch(stop, herd.complete() ? -1 : kMoment)) {
      if (herd.complete()) continue;
      // The rest for a moment keeps workers that die at once from becoming a storm of forks.
      if (stop.sleep(AcceptPause::kLength) && !herd.fill()) pause.count(Wanted::process, errno);
    }
    herd.disband();
  }

  /// Deals connections out until the stop comes, and says how many.
  static std::uint64_t deal(Crew& crew, int listener, const StopToken& stop, AcceptPause& pause) {
    std::uint64_t dealt = 0;
    while (wait_acceptable(listener, stop)) {
      Accepted accepted = accept_from(listener, SOCK_NONBLOCK);
      if (accepted.status == AcceptStatus::limit) pause.wait(stop, Wanted::descriptor, accepted.error);
      if (accepted.status == AcceptStatus::accepted) crew.deal(std::move(accepted.socket), dealt++);
    }
    return dealt;
  }
};

}  // namespace

std::unique_ptr<Model> make_event_loops() {
  return std::make_unique<EventLoops>();
}

}  // namespace bakeoff

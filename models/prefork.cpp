// prefork: processes made before the first connection, each of which accepts and serves one connection at a time.
//
// Who waits:    the worker process, blocked in accept(), recv(), send() or its pause. The kernel wakes one worker for
//               each connection on the listener that all inherited.
// Who owns:     a worker owns its connection and everything else it touches; only the store and the scoreboard lie in
//               shared memory. The parent owns the workers (herd.h) and touches no connection: it replaces one that
//               dies, and with spares asked for it makes workers when too few are idle and sends idle ones away.
// Chosen by:    Apache's prefork MPM (whose settings these are: MinSpareServers, MaxSpareServers,
//               MaxConnectionsPerChild), PHP-FPM, gunicorn's sync workers.
// Price:        a context switch a request, a process a connection (about 30 KiB and its page tables), process-shared
//               locks. Spares cost two wake-ups of the parent a connection.
// Breaks under: more connections than workers: the rest wait in the listen queue for as long as the others stay.
// Worth it:     a crash ends one connection, and a worker's memory goes back to the system with it.
// Left out:     Apache's doubling of what it forks each second: the parent is woken and makes what is missing at once.
#include <cerrno>
#include <string>
#include <system_error>

#include "models/catalogue.h"
#include "models/connection.h"
#include "models/herd.h"
#include "models/scoreboard.h"
#include "models/worker_limits.h"

namespace bakeoff {
namespace {

using Seat = Scoreboard::Seat;

/// Made by the parent; each worker has a copy after the fork.
struct Worker {
  int listener;
  const StopToken& stop;
  const WorkerLimits& limits;
  const Scoreboard& board;
  const Doorbell& parent;  ///< Rung where the parent has to know how many are idle.
  BlockingServer server;

  void live(std::size_t place) {
    take_parents_word();
    auto& seat = board.seat(place);
    auto& counts = board.counts();
    for (std::uint64_t served = 0; !told_to_stop && seat != Seat::leaving;) {
      const Accepted accepted = accept_from(listener, 0);
      if (accepted.status == AcceptStatus::limit) {
        counts.accept_error = accepted.error;
        ++counts.accept_pauses;
        stop.sleep(AcceptPause::kLength);
      }
      if (accepted.status != AcceptStatus::accepted) continue;
      ++counts.connections;
      const bool leaving = seat.exchange(Seat::busy) == Seat::leaving;  // Not before this one is served.
      if (limits.spare_min != 0) parent.ring();
      {
        const HeldSocket held(accepted.socket.get());
        server.serve(accepted.socket.get());
      }
      // While nobody is idle, the first in the queue has been kept waiting. It is the next to be served.
      if (!told_to_stop && !board.anybody_idle() && listen_queue_length(listener) > 0) ++counts.kept_waiting;
      if (leaving || ++served == limits.recycle) return;
      seat = Seat::idle;
      if (limits.spare_min != 0) parent.ring();
    }
  }
};

class Parent {
 public:
  Parent(Worker& worker, std::size_t most) : worker_(worker), herd_(most) {}

  /// Makes the workers that are missing and sends away those that are too many. Waits for none of them.
  void tend() {
    const auto& [spare_min, spare_max, recycle] = worker_.limits;
    const Scoreboard& board = worker_.board;
    for (std::size_t place = 0; place < herd_.most(); ++place)
      if (!herd_.lives(place)) board.seat(place) = Seat::none;
    settled_ = true;
    std::size_t idle = board.idle();
    for (; settled_ && !herd_.complete() && (spare_min == 0 || idle < spare_min); ++idle) {
      const std::size_t place = herd_.free_place();
      board.seat(place) = Seat::idle;
      settled_ = herd_.spawn([this, place] { worker_.live(place); });
      if (!settled_) pause_.count(Wanted::process, refused_ = errno);
    }
    for (std::size_t place = spare_max == 0 ? 0 : herd_.most(); place-- > 0;) {
      Seat found = Seat::idle;
      if (idle > spare_max && board.seat(place).compare_exchange_strong(found, Seat::leaving)) --idle;
      if (board.seat(place) != Seat::leaving) continue;
      herd_.signal(place, SIGUSR1);  // It may come just before accept() is entered: repeated until the worker is gone.
      settled_ = false;
    }
  }

  /// Waits until there is something to tend to. False on stop.
  bool watch() {
    constexpr int kMoment = static_cast<int>(AcceptPause::kLength.count());
    const std::uint64_t died_badly = herd_.died_badly();
    if (!herd_.watch(worker_.stop, settled_ ? -1 : kMoment, worker_.parent.fd())) return false;
    worker_.parent.clear();
    // The rest for a moment keeps workers that die at once from becoming a storm of forks.
    return herd_.died_badly() == died_badly || worker_.stop.sleep(AcceptPause::kLength);
  }

  Herd& herd() { return herd_; }
  const AcceptPause& pause() const { return pause_; }
  int refused() const { return refused_; }  ///< The errno for which a worker could not be made, or 0.

 private:
  Worker& worker_;
  Herd herd_;
  AcceptPause pause_;
  int refused_ = 0;
  bool settled_ = true;  // Nothing is to be tried again in a moment.
};

class Prefork final : public Model {
 public:
  StoreKind store_kind(const ModelSetup& setup) const override {
    worker_limits(setup.settings);
    return StoreKind::process_shared;
  }

  ModelReceipt serve(const Listener& listener, Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const WorkerLimits limits = worker_limits(setup.settings);
    const Scoreboard board(setup.units);
    const Doorbell doorbell;
    const int entrance = listener.socket.get();
    set_blocking(entrance, true);
    Worker worker{entrance, stop, limits, board, doorbell, BlockingServer(service, stop)};
    Parent parent(worker, setup.units);
    parent.tend();
    Herd& herd = parent.herd();
    if (herd.created() == 0) {
      throw std::system_error(parent.refused(), std::generic_category(), "fork the first worker");
    }
    ready();
    while (parent.watch()) parent.tend();
    const std::size_t starved = board.anybody_idle() ? 0 : listen_queue_length(entrance);
    herd.disband();
    const auto& counts = board.counts();
    const bool parents = counts.accept_error == 0 || parent.pause().times() != 0;
    return {.connections = counts.connections,
            .units_created = herd.created(),
            .peak_live_units = herd.peak(),
            .accept_pauses = parent.pause().times() + counts.accept_pauses,
            .limit = parents ? parent.pause().limit() : name_limit(Wanted::descriptor, counts.accept_error),
            .kept_waiting = counts.kept_waiting + starved};
  }
};

}  // namespace

std::unique_ptr<Model> make_prefork() {
  return std::make_unique<Prefork>();
}

}  // namespace bakeoff

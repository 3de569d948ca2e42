// prefork: processes made before the first connection, each of which accepts and serves one connection at a time.
//
// Who waits:    the worker process, blocked in accept(), recv(), send() or its pause. The kernel wakes one worker for
//               each connection on the listener that all inherited.
// Who owns:     a worker owns its connection and everything else it touches; only the store and the scoreboard lie in
//               shared memory. The parent owns the workers (processes/worker_processes.h) and touches no connection: it replaces one that
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
#include "models/processes/worker_processes.h"
#include "models/processes/scoreboard.h"
#include "models/processes/worker_limits.h"

namespace bakeoff::models {
namespace {

using WorkerState = processes::Scoreboard::WorkerState;

/// Made by the parent; each worker has a copy after the fork.
struct PreforkWorker {
  int listener;
  const StopToken& stop;
  const processes::WorkerLimits& limits;
  const processes::Scoreboard& scoreboard;
  const WakeupEvent& parent_wakeup;  ///< Signalled where the parent has to know how many are idle.
  BlockingServer server;

  void run(std::size_t slot) {
    processes::install_worker_signals();
    auto& state = scoreboard.state(slot);
    auto& counts = scoreboard.counts();
    for (std::uint64_t served = 0; !stop_requested && state != WorkerState::retiring;) {
      const Accepted accepted = accept_from(listener, 0);
      if (accepted.status == AcceptStatus::limit) {
        counts.accept_error = accepted.error;
        ++counts.accept_pauses;
        stop.sleep(AcceptPause::kLength);
      }
      if (accepted.status != AcceptStatus::accepted) continue;
      ++counts.connections;
      const bool retiring = state.exchange(WorkerState::busy) == WorkerState::retiring;  // Not before this one is served.
      if (limits.spare_min != 0) parent_wakeup.signal();
      {
        const ShutDownOnStop held(accepted.socket.get());
        server.serve(accepted.socket.get());
      }
      // While nobody is idle, the first in the queue has been kept waiting. It is the next to be served.
      if (!stop_requested && !scoreboard.any_idle() && listen_queue_length(listener) > 0) ++counts.kept_waiting;
      if (retiring || ++served == limits.recycle) return;
      state = WorkerState::idle;
      if (limits.spare_min != 0) parent_wakeup.signal();
    }
  }
};

class WorkerSupervisor {
 public:
  WorkerSupervisor(PreforkWorker& worker, std::size_t most) : worker_(worker), workers_(most) {}

  /// Makes the workers that are missing and sends away those that are too many. Waits for none of them.
  void adjust_workers() {
    const auto& [spare_min, spare_max, recycle] = worker_.limits;
    const processes::Scoreboard& scoreboard = worker_.scoreboard;
    for (std::size_t slot = 0; slot < workers_.capacity(); ++slot)
      if (!workers_.is_alive(slot)) scoreboard.state(slot) = WorkerState::none;
    nothing_to_retry_ = true;
    std::size_t idle = scoreboard.idle();
    for (; nothing_to_retry_ && !workers_.is_full() && (spare_min == 0 || idle < spare_min); ++idle) {
      const std::size_t slot = workers_.free_slot();
      scoreboard.state(slot) = WorkerState::idle;
      nothing_to_retry_ = workers_.fork_worker([this, slot] { worker_.run(slot); });
      if (!nothing_to_retry_) pause_.count(Resource::process, fork_error_ = errno);
    }
    for (std::size_t slot = spare_max == 0 ? 0 : workers_.capacity(); slot-- > 0;) {
      WorkerState found = WorkerState::idle;
      if (idle > spare_max && scoreboard.state(slot).compare_exchange_strong(found, WorkerState::retiring)) --idle;
      if (scoreboard.state(slot) != WorkerState::retiring) continue;
      workers_.signal(slot, SIGUSR1);  // It may come just before accept() is entered: repeated until the worker is gone.
      nothing_to_retry_ = false;
    }
  }

  /// Waits until there is something to adjust. False on stop.
  bool wait_and_reap() {
    constexpr int kRetryAfterMs = static_cast<int>(AcceptPause::kLength.count());
    const std::uint64_t failures = workers_.failures();
    if (!workers_.wait_and_reap(worker_.stop, nothing_to_retry_ ? -1 : kRetryAfterMs, worker_.parent_wakeup.fd())) return false;
    worker_.parent_wakeup.clear();
    // The rest for a moment keeps workers that die at once from becoming a storm of forks.
    return workers_.failures() == failures || worker_.stop.sleep(AcceptPause::kLength);
  }

  processes::WorkerProcesses& workers() { return workers_; }
  const AcceptPause& pause() const { return pause_; }
  int fork_error() const { return fork_error_; }  ///< The errno for which a worker could not be made, or 0.

 private:
  PreforkWorker& worker_;
  processes::WorkerProcesses workers_;
  AcceptPause pause_;
  int fork_error_ = 0;
  bool nothing_to_retry_ = true;  // Nothing is to be tried again in a moment.
};

class Prefork final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    processes::worker_limits(setup.settings);
    return workloads::StoreKind::process_shared;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup, const StopToken& stop,
                     const std::function<void()>& ready) override {
    const processes::WorkerLimits limits = processes::worker_limits(setup.settings);
    const processes::Scoreboard scoreboard(setup.units);
    const WakeupEvent wakeup;
    const int listening_socket = listener.socket.get();
    set_blocking(listening_socket, true);
    PreforkWorker worker{listening_socket, stop, limits, scoreboard, wakeup, BlockingServer(service, stop)};
    WorkerSupervisor supervisor(worker, setup.units);
    supervisor.adjust_workers();
    processes::WorkerProcesses& workers = supervisor.workers();
    if (workers.created() == 0) {
      throw std::system_error(supervisor.fork_error(), std::generic_category(), "fork the first worker");
    }
    ready();
    while (supervisor.wait_and_reap()) supervisor.adjust_workers();
    const std::size_t starved = scoreboard.any_idle() ? 0 : listen_queue_length(listening_socket);
    workers.stop_all();
    const auto& counts = scoreboard.counts();
    const bool parents = counts.accept_error == 0 || supervisor.pause().times() != 0;
    return {.connections = counts.connections,
            .units_created = workers.created(),
            .peak_live_units = workers.peak(),
            .accept_pauses = supervisor.pause().times() + counts.accept_pauses,
            .limit = parents ? supervisor.pause().limit() : name_limit(Resource::descriptor, counts.accept_error),
            .kept_waiting = counts.kept_waiting + starved};
  }
};

}  // namespace

std::unique_ptr<Model> make_prefork() {
  return std::make_unique<Prefork>();
}

}  // namespace bakeoff::models

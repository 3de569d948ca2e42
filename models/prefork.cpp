// prefork: processes made before the first connection, each of which accepts and serves one connection at a time.
//
// Who waits:    the worker process, blocked in accept(), recv(), send() or its pause. The kernel wakes one worker for
//               each connection on the listener that all inherited.
// Who owns:     a worker owns its connection and everything else it touches; only the store and the scoreboard lie in
//               shared memory. The parent owns the workers (processes/worker_supervisor.h) and touches no connection.
//               It replaces workers that die. With spares asked for it makes workers when too few are idle and ends
//               some when too many are.
// Chosen by:    Apache's prefork MPM (whose settings these are: MinSpareServers, MaxSpareServers,
//               MaxConnectionsPerChild), PHP-FPM, gunicorn's sync workers.
// Price:        a context switch per request, a process per connection (about 30 KiB and its page tables),
//               process-shared locks. Spares cost two wake-ups of the parent per connection.
// Breaks under: more connections than workers: the rest wait in the listen queue for as long as the others stay.
// Worth it:     a crash ends one connection, and a worker's memory goes back to the system with the worker.
// Left out:     Apache's doubling of the number that it forks each second: our parent is woken and makes the workers
//               that are missing at once.
#include <string>
#include <system_error>

#include "models/blocking_server.h"
#include "models/catalogue.h"
#include "models/processes/scoreboard.h"
#include "models/processes/worker_limits.h"
#include "models/processes/worker_signals.h"
#include "models/processes/worker_supervisor.h"

namespace bakeoff::models {
namespace {

using WorkerState = processes::Scoreboard::WorkerState;

/// What a worker does. Made by the parent; each worker has a copy after the fork.
struct PreforkWorker {
  int listener;
  const StopToken& stop;
  const processes::WorkerLimits& limits;
  const processes::Scoreboard& scoreboard;
  const WakeupEvent& parent_wakeup;  ///< Signalled when the number of idle workers changes, if there are limits on it.
  BlockingServer server;

  void run(std::size_t slot) {
    processes::install_blocking_worker_signals();
    auto& state = scoreboard.state(slot);
    auto& counts = scoreboard.counts();
    for (std::uint64_t served = 0; !stop_requested && state != WorkerState::retiring;) {
      const Accepted accepted = accept_from(listener, 0);
      if (accepted.status == AcceptStatus::limit) {
        counts.accept_error = accepted.error;
        ++counts.accept_pauses;
        stop.sleep(AcceptPauses::kLength);
      }
      if (accepted.status != AcceptStatus::accepted) continue;
      ++counts.connections;
      const bool retiring = state.exchange(WorkerState::busy) == WorkerState::retiring;  // After this connection.
      if (limits.spare_min != 0) parent_wakeup.signal();
      {
        const ShutDownOnStop held(accepted.socket.get());
        server.serve(accepted.socket.get());
      }
      // While no worker is idle, the first in the queue has been kept waiting. It is the next to be served.
      if (!stop_requested && !scoreboard.any_idle() && listen_queue_length(listener) > 0) ++counts.kept_waiting;
      if (retiring || ++served == limits.recycle) return;
      state = WorkerState::idle;
      if (limits.spare_min != 0) parent_wakeup.signal();
    }
  }
};

class Prefork final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup& setup) const override {
    processes::worker_limits(setup.settings);
    return workloads::StoreKind::process_shared;
  }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    const processes::WorkerLimits limits = processes::worker_limits(setup.settings);
    const processes::Scoreboard scoreboard(setup.units);
    const WakeupEvent parent_wakeup;
    const int listening_socket = listener.socket.get();
    set_blocking(listening_socket, true);
    const auto client = back_end::make_blocking_client(service);
    PreforkWorker worker{listening_socket, stop,          limits,
                         scoreboard,       parent_wakeup, BlockingServer(service, stop, client.get())};
    processes::WorkerSupervisor supervisor([&worker](std::size_t slot) { worker.run(slot); }, setup.units, limits,
                                           scoreboard, parent_wakeup);
    supervisor.adjust_workers();
    processes::WorkerProcesses& workers = supervisor.workers();
    if (workers.counts().created == 0) {
      throw std::system_error(supervisor.fork_error(), std::generic_category(), "fork the first worker");
    }
    ready();
    while (supervisor.wait_and_reap(stop)) supervisor.adjust_workers();
    const std::size_t starved = scoreboard.any_idle() ? 0 : listen_queue_length(listening_socket);
    workers.stop_all();
    const auto& counts = scoreboard.counts();
    AcceptPauses pauses = supervisor.pauses();
    pauses.add(counts.accept_pauses, Resource::descriptor, counts.accept_error);
    return {.connections = counts.connections,
            .units = workers.counts(),
            .pauses = pauses,
            .kept_waiting = counts.kept_waiting + starved};
  }
};

}  // namespace

std::unique_ptr<Model> make_prefork() {
  return std::make_unique<Prefork>();
}

}  // namespace bakeoff::models

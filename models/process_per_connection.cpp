// process-per-connection: a process forked for every connection that is accepted.
//
// Who waits:    the connection's own process, blocked in recv(), send() or its pause. The parent waits in poll() for
//               the next connection and for the end of a child, which it reaps at once.
// Who owns:     a child owns its connection and, as copies made when they are written, everything else; only the store
//               and the tallies lie in shared memory. The parent owns the children (processes/worker_processes.h) and
//               closes its own copy of the socket once it has forked.
// Chosen by:    inetd, CERN httpd and sshd, PostgreSQL's backends, CGI (a process per request), browsers (one per tab).
// Price:        a fork, an exit and a wait per connection, which cost more the more memory the parent has; a process
//               per connection (about 50 KiB and its page tables); a context switch per request; process-shared locks.
// Breaks under: churn: the one parent forks some thousand times a second at best. At the cap on children (units) no
//               connection is accepted until a child ends; the rest wait in the listen queue.
// Worth it:     a crash ends one connection, and all memory of a connection goes back to the system with its process.
// Left out:     exec (inetd and CGI start another program), children kept for the next connection (prefork).
#include <cerrno>

#include "models/blocking_server.h"
#include "models/catalogue.h"
#include "models/processes/worker_processes.h"
#include "models/processes/worker_signals.h"

namespace bakeoff::models {
namespace {

class ProcessPerConnection final : public Model {
 public:
  workloads::StoreKind store_kind(const ModelSetup&) const override { return workloads::StoreKind::process_shared; }

  ModelReceipt serve(const Listener& listener, workloads::Service& service, const ModelSetup& setup,
                     const StopToken& stop, const std::function<void()>& ready) override {
    constexpr int kRetryAfterMs = static_cast<int>(AcceptPauses::kLength.count());
    const int listening_socket = listener.socket.get();
    const auto client = back_end::make_blocking_client(service);
    BlockingServer server(service, stop, client.get());
    AcceptPauses pauses;
    std::uint64_t connections = 0, kept_waiting = 0;
    std::size_t waited = 0;  // Connections of the listen queue that came while the cap was reached.
    processes::WorkerProcesses workers(setup.units);
    ready();
    for (bool full = false; workers.wait_and_reap(stop, -1, full ? -1 : listening_socket); full = workers.is_full()) {
      if (workers.is_full()) continue;
      if (full) waited = listen_queue_length(listening_socket);
      const Accepted accepted = accept_from(listening_socket, 0);
      if (accepted.status == AcceptStatus::limit) pauses.wait(stop, Resource::descriptor, accepted.error);
      if (accepted.status != AcceptStatus::accepted) continue;
      ++connections;
      if (waited > 0) {
        --waited;
        ++kept_waiting;
      }
      const int socket = accepted.socket.get();
      const auto child = [&server, socket] {
        processes::install_blocking_worker_signals();
        const ShutDownOnStop held(socket);
        server.serve(socket);
      };
      while (!workers.fork_worker(child)) {
        pauses.count(Resource::process, errno);
        if (!workers.wait_and_reap(stop, kRetryAfterMs)) break;
      }
    }
    if (workers.is_full()) kept_waiting += listen_queue_length(listening_socket);
    workers.stop_all();
    return {.connections = connections, .units = workers.counts(), .pauses = pauses, .kept_waiting = kept_waiting};
  }
};

}  // namespace

std::unique_ptr<Model> make_process_per_connection() {
  return std::make_unique<ProcessPerConnection>();
}

}  // namespace bakeoff::models

// Workers that are processes, forked by a parent that replaces those that die.
//
// Who waits: the worker process, blocked in recv() for a job and in its pause. Who owns: a worker owns everything that
// it touches; the parent owns the workers (processes/worker_processes.h) and takes no job.
// Chosen by: Celery's default pool (prefork), RQ, Resque, PHP's queue workers.
// Price: a process for each job in flight. Worth it: the death of a worker takes one job with it.
#include <cerrno>
#include <system_error>

#include "models/blocking_server.h"
#include "models/processes/worker_processes.h"
#include "models/processes/worker_signals.h"
#include "models/stop_request.h"
#include "models/workers/queue_connection.h"

namespace bakeoff::models::workers {
namespace {

/// All that a worker does. The queue's end is the worker's: the parent finds out why when it connects for the next one.
void take_jobs(int socket, const WorkerSetup& setup, const StopToken& stop) {
  processes::install_blocking_worker_signals();
  auto service = make_worker_service(setup, [] {});
  const ShutDownOnStop held(socket);
  BlockingServer(service, stop, nullptr).serve(socket);
}

/// Connects before it forks: the worker has its connection from the beginning, and the parent sees it fail.
void fork_missing(processes::WorkerProcesses& workers, const WorkerSetup& setup, const StopToken& stop) {
  while (!workers.is_full()) {
    const Descriptor socket = connect_to_queue(setup);
    if (workers.fork_worker([&] { take_jobs(socket.get(), setup, stop); })) continue;
    throw std::system_error(errno, std::generic_category(), "fork a worker");
  }
}

}  // namespace

WorkerReceipt run_process_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready) {
  processes::WorkerProcesses workers(setup.units);
  WorkerReceipt receipt;
  try {
    fork_missing(workers, setup, stop);
    ready();
    while (workers.wait_and_reap(stop, -1)) fork_missing(workers, setup, stop);
  } catch (const std::system_error& error) {
    receipt.error = error.what();
  }
  workers.stop_all();
  receipt.units = workers.counts();
  return receipt;
}

}  // namespace bakeoff::models::workers

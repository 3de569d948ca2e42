// Workers that are threads of one process.
//
// Who waits: the worker's own thread, blocked in recv() for a job and in its pause. Who owns: a thread owns its session
// and its buffers; this owns the sockets, so that a stop can shut them down, and joins the threads.
// Chosen by: Sidekiq, Celery with --pool threads, Java's listener containers.
// Price: a stack for each job in flight. The death of the process takes all of its jobs with it.
#include <sys/socket.h>

#include <deque>

#include "models/blocking_server.h"
#include "models/os_thread.h"
#include "models/stop_request.h"
#include "models/workers/queue_connection.h"

namespace bakeoff::models::workers {
namespace {

class WorkerThreads {
 public:
  WorkerThreads() = default;
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;
  /// Shuts the connections down and joins the threads.
  ~WorkerThreads() {
    stop_requested = true;  // Computations look at this; without a signal it is not set yet.
    for (const Descriptor& socket : sockets_) ::shutdown(socket.get(), SHUT_RDWR);
  }

  void start(Descriptor socket, workloads::Service& service, const StopToken& stop, LiveCount& live,
             std::size_t stack_bytes) {
    const int fd = sockets_.emplace_back(std::move(socket)).get();
    threads_.emplace_back(stack_bytes, [&service, &stop, &live, fd] {
      const LiveCount::Scope held(live);
      BlockingServer(service, stop, nullptr).serve(fd);
    });
  }

 private:
  std::deque<Descriptor> sockets_;
  std::deque<OsThread> threads_;  // Joined before the sockets are closed.
};

}  // namespace

WorkerReceipt run_thread_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready) {
  const std::uint64_t stack_kib = setup.settings.number("stack-kib");
  const WakeupEvent ended;
  auto service = make_worker_service(setup, [&ended] { ended.signal(); });
  LiveCount live;
  WorkerReceipt receipt;
  {
    WorkerThreads threads;
    for (std::size_t i = 0; i < setup.units; ++i) {
      threads.start(connect_to_queue(setup), service, stop, live,
                    stack_kib == 0 ? kServingStackBytes : stack_kib * 1024);
    }
    ready();
    if (ended.wait(stop)) receipt.error = why_ended(service, stop);
  }
  receipt.units = live.counts();
  return receipt;
}

}  // namespace bakeoff::models::workers

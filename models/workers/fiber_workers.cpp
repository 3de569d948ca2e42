// Workers that are fibers of one process, carried by one thread or by several (the executor's setting `threads`).
//
// Who waits: the worker's own fiber, suspended; idle threads wait in one epoll_wait() for all of them. A job that
// computes keeps its thread to itself until it ends. Who owns: as in the model fibers, whose connections these are
// (fibers/connections.h).
// Chosen by: Celery with --pool gevent or eventlet, Go programs with a goroutine per job.
// Price: a stack for each job in flight, smaller than a thread's. The death of the process takes all of its jobs with
// it.
#include <boost/fiber/operations.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "models/fibers/connections.h"
#include "models/fibers/descriptor.h"
#include "models/fibers/scheduler.h"
#include "models/fibers/stacks.h"
#include "models/fibers/threads.h"
#include "models/stop_request.h"
#include "models/workers/queue_connection.h"

namespace bakeoff::models::workers {

WorkerReceipt run_fiber_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready) {
  const std::size_t threads = setup.settings.number("threads");
  const auto stacks = std::make_shared<fibers::FiberStacks>(
      fibers::kStackFactor * 1024 * setup.settings.number("stack-kib"), fibers::room_for_guarded_stacks());
  const auto group = std::make_shared<fibers::FiberThreadGroup>(threads);
  boost::fibers::use_scheduling_algorithm<fibers::FiberScheduler>(group);  // This thread carries fibers too.
  fibers::FiberDescriptor stopped(stop.fd());
  auto service = make_worker_service(setup, [&stopped] { stopped.wake(); });
  fibers::FiberConnectionResources shared{service, fibers::FiberStackAllocator(stacks)};
  WorkerReceipt receipt;
  {
    fibers::FiberConnections workers(shared);
    std::vector<std::jthread> carriers;  // Joined after at_end has shut the fibers down.
    const auto shut_down = [](fibers::FiberConnections* all) {
      stop_requested = true;  // Computations look at this; without a signal it is not set yet.
      all->shut_down_all();
    };
    const std::unique_ptr<fibers::FiberConnections, decltype(shut_down)> at_end(&workers, shut_down);
    while (carriers.size() + 1 < threads) {
      carriers.push_back(fibers::start_thread(group, [&workers] { workers.carry_until_shut_down(); }));
    }
    for (std::size_t i = 0; i < setup.units; ++i) {
      Descriptor socket = connect_to_queue(setup);
      set_blocking(socket.get(), false);
      workers.add_connection(std::move(socket));
    }
    ready();
    stopped.await_readable();
    receipt.error = why_ended(service, stop);
  }
  receipt.units = shared.live.counts();
  return receipt;
}

}  // namespace bakeoff::models::workers

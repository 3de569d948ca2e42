// Workers that take jobs from a queue in Redis, as Celery's, Sidekiq's and RQ's do: N units of one kind, each with a
// connection of its own. What a worker says and does is the same for all (workloads/queue/worker_session.h), and so is
// the body that carries it (models/connection.h). A kind of unit decides only who waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "models/live_count.h"
#include "models/net.h"
#include "workloads/queue/queued_job.h"
#include "workloads/settings.h"

namespace bakeoff::models::workers {

struct WorkerSetup {
  std::string address = "127.0.0.1";  ///< An IPv4 literal.
  std::uint16_t port = 0;
  std::size_t units = 1;
  workloads::queue::Acknowledge acknowledge = workloads::queue::Acknowledge::after;
  const workloads::Settings& settings;  ///< The executor's.
};

struct WorkerReceipt {
  UnitCounts units{};
  std::string error{};  ///< Why the workers ended although no stop was asked for; "" otherwise.
};

/// Connects all workers, calls `ready`, and blocks until the stop, or until a worker has ended by itself. Then waits
/// and computations end, and each job that was being done stays as it is: not recorded, and with Acknowledge::after in
/// its worker's list. Returns when all units are gone. Throws std::system_error naming what was being tried.
using RunWorkers = WorkerReceipt (*)(const WorkerSetup& setup, const StopToken& stop,
                                     const std::function<void()>& ready);

WorkerReceipt run_thread_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready);
WorkerReceipt run_process_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready);
WorkerReceipt run_fiber_workers(const WorkerSetup& setup, const StopToken& stop, const std::function<void()>& ready);
WorkerReceipt run_coroutine_workers(const WorkerSetup& setup, const StopToken& stop,
                                    const std::function<void()>& ready);

/// The workers whose unit is that of the executor; nullptr where there are none.
RunWorkers find_workers(std::string_view executor);

}  // namespace bakeoff::models::workers

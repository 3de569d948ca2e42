#include "models/processes/worker_supervisor.h"

#include <cerrno>
#include <csignal>
#include <cstdint>

namespace bakeoff::models::processes {

using WorkerState = Scoreboard::WorkerState;

void WorkerSupervisor::adjust_workers() {
  const auto& [spare_min, spare_max, recycle] = limits_;
  for (std::size_t slot = 0; slot < workers_.capacity(); ++slot)
    if (!workers_.is_alive(slot)) scoreboard_.state(slot) = WorkerState::none;
  nothing_to_retry_ = true;
  std::size_t idle = scoreboard_.idle();
  for (; nothing_to_retry_ && !workers_.is_full() && (spare_min == 0 || idle < spare_min); ++idle) {
    const std::size_t slot = workers_.free_slot();
    scoreboard_.state(slot) = WorkerState::idle;
    nothing_to_retry_ = workers_.fork_worker([this, slot] { work_(slot); });
    if (!nothing_to_retry_) pauses_.count(Resource::process, fork_error_ = errno);
  }
  for (std::size_t slot = spare_max == 0 ? 0 : workers_.capacity(); slot-- > 0;) {
    WorkerState found = WorkerState::idle;
    if (idle > spare_max && scoreboard_.state(slot).compare_exchange_strong(found, WorkerState::retiring)) --idle;
    if (scoreboard_.state(slot) != WorkerState::retiring) continue;
    // Repeated until the worker is gone: the signal may come just before it enters accept().
    workers_.signal(slot, SIGUSR1);
    nothing_to_retry_ = false;
  }
}

bool WorkerSupervisor::wait_and_reap(const StopToken& stop) {
  constexpr int kRetryAfterMs = static_cast<int>(AcceptPauses::kLength.count());
  const std::uint64_t failures = workers_.failures();
  if (!workers_.wait_and_reap(stop, nothing_to_retry_ ? -1 : kRetryAfterMs, wakeup_.fd())) return false;
  wakeup_.clear();
  // Without this moment's rest, workers that die at once would become a storm of forks.
  return workers_.failures() == failures || stop.sleep(AcceptPauses::kLength);
}

}  // namespace bakeoff::models::processes

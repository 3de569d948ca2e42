#include "models/subject/perf_counters.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

namespace bakeoff::models::subject {
namespace {

/// A counter, or -1 where the kernel or the machine has none.
int open_counter(bool with_kernel) {
  perf_event_attr wanted{};
  wanted.type = PERF_TYPE_HARDWARE;
  wanted.size = sizeof wanted;
  wanted.config = PERF_COUNT_HW_CACHE_MISSES;
  wanted.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  wanted.disabled = 1;
  wanted.inherit = 1;
  wanted.exclude_kernel = with_kernel ? 0 : 1;
  wanted.exclude_hv = 1;
  return static_cast<int>(::syscall(SYS_perf_event_open, &wanted, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

CountedExecutor::CountedExecutor(std::unique_ptr<executors::Executor> executor)
    : executor_(std::move(executor)), counter_(open_counter(true)) {
  if (counter_ < 0) counter_ = open_counter(false);
}

CountedExecutor::~CountedExecutor() {
  if (counter_ >= 0) ::close(counter_);
}

executors::ExecutionResult CountedExecutor::run(const workloads::jobs::Job& job, std::size_t units) {
  cache_misses_.reset();
  if (counter_ < 0) return executor_->run(job, units);
  ::ioctl(counter_, PERF_EVENT_IOC_RESET, 0);
  ::ioctl(counter_, PERF_EVENT_IOC_ENABLE, 0);
  executors::ExecutionResult executed = executor_->run(job, units);
  ::ioctl(counter_, PERF_EVENT_IOC_DISABLE, 0);
  struct {
    std::uint64_t count, enabled_ns, running_ns;
  } seen{};
  // Where other programs use the counters too, the kernel shares them in turns, and part of the count would be an
  // estimate.
  if (::read(counter_, &seen, sizeof seen) == sizeof seen && seen.running_ns > 0 &&
      seen.running_ns == seen.enabled_ns) {
    cache_misses_ = seen.count;
  }
  return executed;
}

}  // namespace bakeoff::models::subject

// pool: a unit is a task in a queue, worked off by as many threads as there are CPUs.
//
// Who waits: the caller, in join(), once it has queued all tasks; a thread of the pool without a task, on the queue.
// Who owns: the queue the tasks, until a thread takes one, whole and to its end: each writes its own answer.
// A unit costs a place in the queue and no thread. So the peak is never above the number of threads, and units that
// wait for each other would wait for ever once there are more of them than threads.
// Left out: a bound on the queue, stealing between queues of their own, a pool that outlives the call.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

#include "models/executors/executors.h"
#include "models/executors/os_unit.h"
#include "models/limits.h"

namespace bakeoff::models::executors {
namespace {

class Tasks {
 public:
  void put(std::size_t unit) {
    {
      const std::lock_guard lock(mutex_);
      units_.push_back(unit);
    }
    more_.notify_one();
  }

  /// No more tasks will come: threads end when the queue is empty.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    more_.notify_all();
  }

  /// Waits for a task; nullopt after the last one.
  std::optional<std::size_t> take() {
    std::unique_lock lock(mutex_);
    more_.wait(lock, [this] { return ended_ || !units_.empty(); });
    if (units_.empty()) return std::nullopt;
    const std::size_t unit = units_.front();
    units_.pop_front();
    return unit;
  }

 private:
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::size_t> units_;
  bool ended_ = false;
};

/// The threads. The destructor tells them that no more tasks come, and joins them; so it is when one cannot be created.
class PoolThreads {
 public:
  PoolThreads(Tasks& tasks, std::size_t threads, const std::function<void()>& work) : tasks_(tasks) {
    threads_.reserve(threads);
    try {
      while (threads_.size() < threads) threads_.emplace_back(work);
    } catch (...) {
      tasks_.end();
      throw;
    }
  }
  PoolThreads(const PoolThreads&) = delete;
  PoolThreads& operator=(const PoolThreads&) = delete;
  ~PoolThreads() { tasks_.end(); }

 private:
  Tasks& tasks_;
  std::vector<std::jthread> threads_;
};

class PoolUnit final : public OsUnit {
 public:
  using OsUnit::OsUnit;
  workloads::jobs::UnitCall fan_out(std::size_t /*count*/, const workloads::jobs::ChildWork& /*work*/) override {
    throw std::logic_error("a pool refuses jobs whose units have children");
  }
};

class PoolExecutor final : public Executor {
 public:
  std::string refusal(workloads::jobs::Needs needs, std::size_t units) const override {
    const std::size_t threads = count_allowed_cpus();
    if (needs == workloads::jobs::Needs::children)
      return "a thread that waits for tasks of its own pool takes none: with all of them waiting they wait for ever";
    if (needs == workloads::jobs::Needs::synchronisation && units > threads)
      return "only " + std::to_string(threads) + " of its units run at a time, and they cannot wait for the others";
    return "";
  }

  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    ExecutionResult executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    OsShared shared;
    shared.sync.barrier.set_parties(units);
    Tasks tasks;
    {
      const PoolThreads pool_threads(tasks, std::min(units, count_allowed_cpus()), [&] {
        while (const auto task = tasks.take()) {
          const LiveCount::Scope held(shared.count);
          PoolUnit unit(shared);
          run_or_abandon(shared.sync, failures[*task],
                         [&] { executed.answers[*task] = run_blocking(job, unit, *task); });
        }
      });
      for (std::size_t unit = 0; unit < units; ++unit) tasks.put(unit);
    }
    throw_first_failure(executed, failures);
    executed.units_created = units;
    executed.peak_live_units = shared.count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_pool_executor(const workloads::Settings& /*settings*/) {
  return std::make_unique<PoolExecutor>();
}

}  // namespace bakeoff::models::executors

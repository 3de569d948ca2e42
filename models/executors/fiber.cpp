// fiber: one Boost.Fiber per unit, carried by the calling thread, or by several threads that steal from each other.
//
// Who waits: the caller, in join(); a unit that waits is switched out inside the call. On one thread only one
// fiber runs at a time, until it ends or suspends: work that never suspends runs one unit after the other, the peak is
// 1, and it costs what sequential costs, plus the fibers. Who owns: each fiber writes its own answer. On several
// threads the ready fibers are those of a group, as in the model (fibers/scheduler.h): a thread with nothing to do
// takes another's. When a fiber makes a fiber, the child runs at once and its maker continues next
// (work_first_scheduler.h). Left out: pinning fibers to their threads.
#include <atomic>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/timed_mutex.hpp>

#include "models/executors/blocking_unit.h"
#include "models/executors/executors.h"
#include "models/executors/fiber_carriers.h"
#include "models/executors/reserved_memory.h"
#include "models/executors/unit_sync.h"
#include "models/executors/work_first_scheduler.h"
#include "models/fibers/stacks.h"
#include "models/live_count.h"

namespace bakeoff::models::executors {
namespace {

using FiberMutex = boost::fibers::timed_mutex;
using FiberCondition = boost::fibers::condition_variable_any;
using FiberUnitSync = UnitSync<FiberMutex, FiberCondition, ReadWriteLock<FiberMutex, FiberCondition>>;

struct FiberShared {
  LiveCount count;
  FiberUnitSync sync;
  fibers::FiberStackAllocator stacks;
  WorkFirstScheduler::SpawningFlag spawning{};  ///< On one thread.
};

/// The fibers of a run; the destructor joins them.
class UnitFibers {
 public:
  UnitFibers(std::size_t count, const FiberShared& shared, boost::fibers::launch launch)
      : shared_(shared), launch_(launch) {
    fibers_.reserve(count);
  }
  UnitFibers(const UnitFibers&) = delete;
  UnitFibers& operator=(const UnitFibers&) = delete;
  ~UnitFibers() {
    for (auto& fiber : fibers_) fiber.join();
  }

  /// False where there is no memory for one more.
  template <typename Work>
  bool add(const Work& work, std::size_t index) {
    try {
      if (shared_.spawning) *shared_.spawning = launch_ == boost::fibers::launch::dispatch;
      fibers_.emplace_back(launch_, std::allocator_arg, fibers::FiberStackAllocator(shared_.stacks),
                           [&work, index] { work(index); });
      return true;
    } catch (const std::bad_alloc&) {
      if (shared_.spawning) *shared_.spawning = false;
      refused_ = true;
      return false;
    }
  }
  std::size_t created() const { return fibers_.size(); }
  std::string limit() const { return refused_ ? name_limit(Resource::memory, ENOMEM) : ""; }

 private:
  const FiberShared& shared_;
  boost::fibers::launch launch_;
  std::vector<boost::fibers::fiber> fibers_;
  bool refused_ = false;
};

class FiberUnit final : public BlockingUnit<FiberUnitSync> {
 public:
  explicit FiberUnit(FiberShared& shared) : BlockingUnit(shared.sync), shared_(shared) {}

  workloads::jobs::UnitCall yield() override {
    boost::this_fiber::yield();
    return workloads::jobs::UnitCall();
  }
  workloads::jobs::UnitCall sleep(std::chrono::nanoseconds time) override {
    boost::this_fiber::sleep_for(time);
    return workloads::jobs::UnitCall();
  }

  workloads::jobs::UnitCall fan_out(std::size_t count, const workloads::jobs::ChildWork& work) override {
    std::atomic<std::uint64_t> sum = 0;
    std::vector<std::exception_ptr> failures(count);
    ExecutionResult children;
    const auto live = [&](std::size_t i) {
      const LiveCount::Scope held(shared_.count);
      FiberUnit child(shared_);
      run_or_abandon(shared_.sync, failures[i], [&] { sum += work(child, i).run(); });
    };
    {
      UnitFibers unit_fibers(count, shared_, boost::fibers::launch::dispatch);
      while (unit_fibers.created() < count && unit_fibers.add(live, unit_fibers.created())) continue;
      children.limit = unit_fibers.limit();
    }
    throw_first_failure(children, failures);
    if (!children.limit.empty()) throw LimitReached(children.limit);
    return workloads::jobs::UnitCall(sum);
  }

 private:
  FiberShared& shared_;
};

class FiberExecutor final : public Executor {
 public:
  explicit FiberExecutor(const workloads::Settings& settings)
      : threads_(settings.number("threads")),
        stack_bytes_(fibers::kStackFactor * settings.number("stack-kib") * 1024) {}

  bool on_one_thread() const override { return threads_ == 1; }

  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    ExecutionResult executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    // Without a guard page: the body of a unit is known, and the fiber is what is measured.
    FiberShared shared{.count = {},
                       .sync = {},
                       .stacks = fibers::FiberStackAllocator(std::make_shared<fibers::FiberStacks>(stack_bytes_, 0))};
    shared.sync.barrier.set_parties(units);
    const auto live = [&](std::size_t i) {
      const LiveCount::Scope held(shared.count);
      FiberUnit unit(shared);
      run_or_abandon(shared.sync, failures[i], [&] { executed.answers[i] = run_blocking(job, unit, i); });
    };
    const FiberCarriers carriers(threads_, shared.spawning);
    {
      UnitFibers unit_fibers(units, shared, boost::fibers::launch::post);
      {
        const ReservedMemory reserved(units);
        while (unit_fibers.created() < units && unit_fibers.add(live, unit_fibers.created())) continue;
      }
      if (unit_fibers.created() < units) shared.sync.barrier.set_parties(unit_fibers.created());
      executed.answers.resize(unit_fibers.created());
      executed.limit = unit_fibers.limit();
    }
    throw_first_failure(executed, failures);
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }

 private:
  std::size_t threads_, stack_bytes_;
};

}  // namespace

std::unique_ptr<Executor> make_fiber_executor(const workloads::Settings& settings) {
  return std::make_unique<FiberExecutor>(settings);
}

}  // namespace bakeoff::models::executors

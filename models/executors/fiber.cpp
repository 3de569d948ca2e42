// fiber: a Boost.Fiber a unit, carried by the calling thread, or by several threads that take each other's.
//
// Who waits: the caller, in join(); a unit that waits is switched away from inside the call. On one thread only one
// fiber runs at a time, until it ends or suspends: work that never suspends runs one unit after the other, the peak is
// 1, and it costs what sequential costs, plus the fibers. Who owns: each fiber writes its own answer. On several
// threads the ready fibers are those of a crew, as in the model (fiber_scheduler.h): a thread with nothing to do takes
// another's. Of fibers that make fibers the child runs at once and its maker goes on next (maker_first.h).
// Left out: pinning fibers to their threads.
#include <atomic>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/fixedsize_stack.hpp>
#include <boost/fiber/operations.hpp>
#include <boost/fiber/timed_mutex.hpp>

#include "models/catalogue.h"
#include "models/executors/blocking_unit.h"
#include "models/executors/fiber_carriers.h"
#include "models/executors/maker_first.h"
#include "models/executors/meeting.h"
#include "models/executors/spare_memory.h"
#include "models/fiber_stacks.h"
#include "models/live_count.h"

namespace bakeoff {
namespace {

namespace fibers = boost::fibers;

using FiberMutex = fibers::timed_mutex;
using FiberCondition = fibers::condition_variable_any;
using FiberMeeting = Meeting<FiberMutex, FiberCondition, ReadWriteLock<FiberMutex, FiberCondition>>;

struct Shared {
  LiveCount count;
  FiberMeeting meeting;
  std::size_t stack_bytes;
  MakerFirst::Making making{};  ///< On one thread.
};

/// Fibers for the work of a batch, joined when this goes.
class Crowd {
 public:
  Crowd(std::size_t count, const Shared& shared, fibers::launch launch) : shared_(shared), launch_(launch) {
    fibers_.reserve(count);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;
  ~Crowd() {
    for (auto& fiber : fibers_) fiber.join();
  }

  /// False where there is no memory for one more.
  template <typename Work>
  bool add(const Work& work, std::size_t index) {
    try {
      if (shared_.making) *shared_.making = launch_ == fibers::launch::dispatch;
      // From malloc, unguarded: a unit's body is known, and what is measured is the fiber.
      fibers_.emplace_back(launch_, std::allocator_arg, fibers::fixedsize_stack(shared_.stack_bytes),
                           [&work, index] { work(index); });
      return true;
    } catch (const std::bad_alloc&) {
      if (shared_.making) *shared_.making = false;
      refused_ = true;
      return false;
    }
  }
  std::size_t made() const { return fibers_.size(); }
  std::string limit() const { return refused_ ? name_limit(Wanted::memory, ENOMEM) : ""; }

 private:
  const Shared& shared_;
  fibers::launch launch_;
  std::vector<fibers::fiber> fibers_;
  bool refused_ = false;
};

class FiberUnit final : public BlockingUnit<FiberMeeting> {
 public:
  explicit FiberUnit(Shared& shared) : BlockingUnit(shared.meeting), shared_(shared) {}

  UnitCall yield() override {
    boost::this_fiber::yield();
    return UnitCall();
  }
  UnitCall sleep(std::chrono::nanoseconds time) override {
    boost::this_fiber::sleep_for(time);
    return UnitCall();
  }

  UnitCall fan_out(std::size_t count, const ChildWork& work) override {
    std::atomic<std::uint64_t> sum = 0;
    std::vector<std::exception_ptr> failures(count);
    Executed children;
    const auto live = [&](std::size_t i) {
      const LiveCount::Held held(shared_.count);
      FiberUnit child(shared_);
      run_or_abandon(shared_.meeting, failures[i], [&] { sum += work(child, i).run(); });
    };
    {
      Crowd crowd(count, shared_, fibers::launch::dispatch);
      while (crowd.made() < count && crowd.add(live, crowd.made())) continue;
      children.limit = crowd.limit();
    }
    settle(children, failures);
    if (!children.limit.empty()) throw LimitReached(children.limit);
    return UnitCall(sum);
  }

 private:
  Shared& shared_;
};

class FiberExecutor final : public Executor {
 public:
  explicit FiberExecutor(const Settings& settings)
      : threads_(settings.number("threads")), stack_bytes_(kStackFactor * settings.number("stack-kib") * 1024) {}

  bool on_one_thread() const override { return threads_ == 1; }

  Executed run(const Job& job, std::size_t units) override {
    Executed executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    Shared shared{.count = {}, .meeting = {}, .stack_bytes = stack_bytes_};
    shared.meeting.gate.expect(units);
    const auto live = [&](std::size_t i) {
      const LiveCount::Held held(shared.count);
      FiberUnit unit(shared);
      run_or_abandon(shared.meeting, failures[i], [&] { executed.answers[i] = run_blocking(job, unit, i); });
    };
    const FiberCarriers carriers(threads_, shared.making);
    {
      Crowd crowd(units, shared, fibers::launch::post);
      {
        const SpareMemory for_those_made(units);
        while (crowd.made() < units && crowd.add(live, crowd.made())) continue;
      }
      if (crowd.made() < units) shared.meeting.gate.expect(crowd.made());
      executed.answers.resize(crowd.made());
      executed.limit = crowd.limit();
    }
    settle(executed, failures);
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }

 private:
  std::size_t threads_, stack_bytes_;
};

}  // namespace

std::unique_ptr<Executor> make_fiber_executor(const Settings& settings) {
  return std::make_unique<FiberExecutor>(settings);
}

}  // namespace bakeoff

// coroutine: one C++20 coroutine per unit, all of them on the calling thread.
//
// Who waits: the caller, in the scheduler that resumes one after the other until all have ended; a unit that waits is
// suspended, and only its frame remains. As with fibers, work that never suspends runs one unit after the
// other: it costs what sequential costs, plus the frames. Who owns: each coroutine has its own answer.
// Left out: several threads; a unit that blocks its thread blocks them all.
#include <deque>

#include "models/executors/coroutine_unit.h"
#include "models/executors/executors.h"

namespace bakeoff::models::executors {
namespace {

class CoroutineExecutor final : public Executor {
 public:
  bool on_one_thread() const override { return true; }

  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    CoroutineShared shared;
    shared.scheduler.set_parties(units);
    std::deque<RunningCoroutine> coroutines;
    for (std::size_t i = 0; i < units; ++i)
      coroutines.emplace_back(shared, [&](workloads::jobs::Unit& unit) { return job.unit_coroutine(unit, i); });
    shared.scheduler.run();
    ExecutionResult executed;
    executed.answers.reserve(units);
    for (const RunningCoroutine& coroutine : coroutines) executed.answers.push_back(coroutine.answer());
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_coroutine_executor(const workloads::Settings& /*settings*/) {
  return std::make_unique<CoroutineExecutor>();
}

}  // namespace bakeoff::models::executors

// sequential: one call after the other. The work without any concurrency, which the other executors are compared with.
// Who waits: the caller, for each unit in turn; a unit that sleeps or makes others delays all units after it. Left out:
// everything else.
#include "models/executors/executors.h"
#include "models/executors/os_unit.h"

namespace bakeoff::models::executors {
namespace {

class SequentialUnit final : public OsUnit {
 public:
  using OsUnit::OsUnit;
  workloads::jobs::UnitCall fan_out(std::size_t count, const workloads::jobs::ChildWork& work) override {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const LiveCount::Scope held(shared().count);
      sum += work(*this, i).run();
    }
    return workloads::jobs::UnitCall(sum);
  }
};

class Sequential final : public Executor {
 public:
  std::string refusal(workloads::jobs::Needs needs, std::size_t units) const override {
    return needs == workloads::jobs::Needs::synchronisation && units > 1
               ? "its units run one after the other and cannot wait for each other"
               : "";
  }

  bool on_one_thread() const override { return true; }

  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    ExecutionResult executed;
    executed.answers.reserve(units);
    OsShared shared;
    shared.sync.barrier.set_parties(units);
    for (std::size_t i = 0; i < units; ++i) {
      const LiveCount::Scope held(shared.count);
      SequentialUnit unit(shared);
      executed.answers.push_back(run_blocking(job, unit, i));
    }
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }
};

}  // namespace

std::unique_ptr<Executor> make_sequential_executor(const workloads::Settings& /*settings*/) {
  return std::make_unique<Sequential>();
}

}  // namespace bakeoff::models::executors

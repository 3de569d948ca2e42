// thread: one operating system thread per unit.
//
// Who waits: the caller, in join(); a unit, in the kernel. Who owns: each thread writes its own answer and nothing
// else. There is no barrier that holds the units until all exist: a unit begins when the system lets it, as in a real
// program. A barrier would charge every unit with the creation of all others. So the peak is what really was alive at
// once: with short work, the first thread may have ended before the last is made. Left out: a pool, pinning.
#include <atomic>

#include "models/executors/executors.h"
#include "models/executors/os_unit.h"
#include "models/os_thread.h"

namespace bakeoff::models::executors {
namespace {

/// The threads of a run; the destructor joins them.
class UnitThreads {
 public:
  /// Makes as many as the system allows.
  template <typename Work>
  UnitThreads(std::size_t count, std::size_t stack_bytes, const Work& work) {
    threads_.reserve(count);
    try {
      for (std::size_t i = 0; i < count; ++i) threads_.emplace_back(stack_bytes, [&work, i] { work(i); });
    } catch (const std::system_error& error) {
      if (error.code() == std::errc::invalid_argument) throw;
      limit_ = name_limit(Resource::thread, error.code().value());
    }
  }
  std::size_t created() const { return threads_.size(); }
  const std::string& limit() const { return limit_; }

 private:
  std::vector<OsThread> threads_;
  std::string limit_;
};

class ThreadUnit final : public OsUnit {
 public:
  ThreadUnit(OsShared& shared, std::size_t stack_bytes) : OsUnit(shared), stack_bytes_(stack_bytes) {}

  workloads::jobs::UnitCall fan_out(std::size_t count, const workloads::jobs::ChildWork& work) override {
    throw_over_limit(shared(), count);
    std::atomic<std::uint64_t> sum = 0;
    std::vector<std::exception_ptr> failures(count);
    ExecutionResult children;
    {
      const auto live = [&](std::size_t i) {
        const LiveCount::Scope held(shared().count);
        ThreadUnit child(shared(), stack_bytes_);
        run_or_abandon(shared().sync, failures[i], [&] { sum += work(child, i).run(); });
      };
      const UnitThreads threads(count, stack_bytes_, live);
      children.limit = threads.limit();
    }
    throw_first_failure(children, failures);
    if (!children.limit.empty()) throw LimitReached(children.limit);
    return workloads::jobs::UnitCall(sum);
  }

 private:
  std::size_t stack_bytes_;
};

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(const workloads::Settings& settings)
      : stack_bytes_(settings.number("stack-kib") * 1024), capacity_(capacity_less_reserve(Resource::thread)) {}

  ExecutionResult run(const workloads::jobs::Job& job, std::size_t units) override {
    ExecutionResult executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    OsShared shared;
    executed.limit = shared.limit_units(capacity_, units);
    shared.sync.barrier.set_parties(units);
    {
      const auto live = [&](std::size_t i) {
        const LiveCount::Scope held(shared.count);
        ThreadUnit unit(shared, stack_bytes_);
        run_or_abandon(shared.sync, failures[i], [&] { executed.answers[i] = run_blocking(job, unit, i); });
      };
      const UnitThreads threads(units, stack_bytes_, live);
      if (threads.created() < units) {
        executed.limit = threads.limit();
        shared.sync.barrier.set_parties(threads.created());
      }
      units = threads.created();
    }
    executed.answers.resize(units);
    throw_first_failure(executed, failures);
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }

 private:
  std::size_t stack_bytes_;
  Capacity capacity_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(const workloads::Settings& settings) {
  return std::make_unique<ThreadExecutor>(settings);
}

}  // namespace bakeoff::models::executors

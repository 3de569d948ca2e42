// thread: an operating system thread a unit.
//
// Who waits: the caller, in join(); a unit, in the kernel. Who owns: each thread writes its own answer and nothing
// else. There is no gate that holds the units until all exist: a unit begins when the system lets it, as in a real
// program. A gate would charge every unit with the creation of all others. So the peak is what really was alive at
// once: with short work, the first thread may have ended before the last is made. Left out: a pool, pinning.
#include <atomic>

#include "models/catalogue.h"
#include "models/executors/os_thread.h"
#include "models/executors/os_unit.h"

namespace bakeoff {
namespace {

/// Threads for the work of a batch, joined when this goes.
class Crew {
 public:
  /// Makes them, as far as the system lets it.
  template <typename Work>
  Crew(std::size_t count, std::size_t stack_bytes, const Work& work) {
    threads_.reserve(count);
    try {
      for (std::size_t i = 0; i < count; ++i) threads_.emplace_back(stack_bytes, [&work, i] { work(i); });
    } catch (const std::system_error& error) {
      if (error.code() == std::errc::invalid_argument) throw;
      limit_ = name_limit(Wanted::thread, error.code().value());
    }
  }
  std::size_t made() const { return threads_.size(); }
  const std::string& limit() const { return limit_; }

 private:
  std::vector<OsThread> threads_;
  std::string limit_;
};

class ThreadUnit final : public OsUnit {
 public:
  ThreadUnit(OsShared& shared, std::size_t stack_bytes) : OsUnit(shared), stack_bytes_(stack_bytes) {}

  UnitCall fan_out(std::size_t count, const ChildWork& work) override {
    expect_room(shared(), count);
    std::atomic<std::uint64_t> sum = 0;
    std::vector<std::exception_ptr> failures(count);
    Executed children;
    {
      const auto live = [&](std::size_t i) {
        const LiveCount::Held held(shared().count);
        ThreadUnit child(shared(), stack_bytes_);
        run_or_abandon(shared().meeting, failures[i], [&] { sum += work(child, i).run(); });
      };
      const Crew crew(count, stack_bytes_, live);
      children.limit = crew.limit();
    }
    settle(children, failures);
    if (!children.limit.empty()) throw LimitReached(children.limit);
    return UnitCall(sum);
  }

 private:
  std::size_t stack_bytes_;
};

class ThreadExecutor final : public Executor {
 public:
  explicit ThreadExecutor(const Settings& settings)
      : stack_bytes_(settings.number("stack-kib") * 1024), room_(room_beside_others(Wanted::thread)) {}

  Executed run(const Job& job, std::size_t units) override {
    Executed executed;
    executed.answers.resize(units);
    std::vector<std::exception_ptr> failures(units);
    OsShared shared;
    executed.limit = shared.bound_by(room_, units);
    shared.meeting.gate.expect(units);
    {
      const auto live = [&](std::size_t i) {
        const LiveCount::Held held(shared.count);
        ThreadUnit unit(shared, stack_bytes_);
        run_or_abandon(shared.meeting, failures[i], [&] { executed.answers[i] = run_blocking(job, unit, i); });
      };
      const Crew crew(units, stack_bytes_, live);
      if (crew.made() < units) {
        executed.limit = crew.limit();
        shared.meeting.gate.expect(crew.made());
      }
      units = crew.made();
    }
    executed.answers.resize(units);
    settle(executed, failures);
    executed.units_created = shared.count.begun();
    executed.peak_live_units = shared.count.peak();
    return executed;
  }

 private:
  std::size_t stack_bytes_;
  Room room_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(const Settings& settings) {
  return std::make_unique<ThreadExecutor>(settings);
}

}  // namespace bakeoff

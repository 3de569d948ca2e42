// The job `deadlock`: two units take two locks in opposite orders. When both hold their first lock, each waits for ever
// for its second one. The setting `way` is `none` to let that happen, or one of four ways to avoid it. With `meet` the
// units wait for each other between the two locks, unless the way keeps one of them from getting there. With `none` the
// deadlock is then certain; without `meet` the figures say how often it happens by itself.
//
// "For ever" is kPatience. A unit that waits longer for its second lock, while the other unit reports that it waits as
// well, has found a deadlock, and resolves it by giving its first lock back. A long wait for a unit that is only slow
// is not counted. The work under the locks is one increment without an atomic: a way that let both units in at once
// would lose increments.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/run_times.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 20ms;
/// Each takes kPatience: a run ends within some seconds, however many rounds were asked for.
constexpr std::uint64_t kMostDeadlocks = 200;

struct Shared {
  RunTimes times;
  std::atomic<unsigned> waiting;  ///< A bit for each unit that has its first lock and waits for its second.
  std::atomic<std::uint64_t> deadlocks;
  std::atomic<std::int64_t> first_deadlock_ns;  ///< When the wait of the first deadlock began.
  std::uint64_t protected_sum;
};

class DeadlockJob final : public Job {
 public:
  explicit DeadlockJob(const JobSize& size)
      : rounds_(size.size == 0 ? kDeadlockDefaultSize : size.size),
        way_(size.settings.text("way")),
        meet_(size.settings.yes("meet")),
        memory_(sizeof(Shared)) {
    if (size.units != kDeadlockUnits) {
      throw std::invalid_argument("deadlock cannot run with " + std::to_string(size.units) +
                                  " units, expected 2: each unit takes one of the two locks first");
    }
  }

  Needs needs() const override { return Needs::synchronisation; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    const bool ordered = way_ == "order" || way_ == "one-lock";
    std::uint64_t done = 0;
    co_await unit.barrier();
    shared().times.begin(unit.now());
    for (std::uint64_t round = 0; round < rounds_ && shared().deadlocks < kMostDeadlocks; ++round) {
      // Nobody takes a lock of the next round while the other still needs it for this one.
      if (meet_) co_await unit.barrier();
      std::size_t first = ordered ? 0 : index, second = 1 - first;
      co_await unit.lock(first);
      // With an order only one of them can have come so far.
      if (meet_ && !ordered) co_await unit.barrier();
      if (way_ == "none") {
        const std::int64_t began_ns = unit.now().count();
        shared().waiting |= bit(index);
        bool had = false, stuck = false;
        while (!had && !stuck) {
          had = co_await unit.try_lock_for(second, kPatience) != 0;
          if (!had) stuck = saw_deadlock(index, began_ns);
        }
        shared().waiting &= ~bit(index);
        if (stuck) {
          unit.unlock(first);
          continue;
        }
      } else if (way_ == "order") {
        co_await unit.lock(second);
      } else if (way_ != "one-lock") {
        for (std::size_t tries = 1; co_await unit.try_lock_for(second, 0ns) == 0; ++tries) {
          unit.unlock(first);
          if (way_ == "together") {
            std::swap(first, second);  // Next time it begins with the one that was not to be had: std::lock.
          } else {
            // Not both as long as each other, and longer each time: they would meet again and again.
            co_await unit.sleep((7 * index + 1) * tries * 20us);
          }
          co_await unit.lock(first);
        }
      }
      ++shared().protected_sum;
      ++done;
      if (way_ != "one-lock") unit.unlock(second);
      unit.unlock(first);
    }
    shared().times.end(unit.now());
    co_return done;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    const std::uint64_t deadlocks = shared().deadlocks;
    if (sum_of(answers) != shared().protected_sum) {
      return "deadlock: expected " + std::to_string(sum_of(answers)) + " increments, got " +
             std::to_string(shared().protected_sum);
    }
    if (way_ == "none" || (deadlocks == 0 && sum_of(answers) == kDeadlockUnits * rounds_)) return "";
    return "deadlock: expected none with way = " + way_ + ", got " + std::to_string(deadlocks);
  }
  std::uint64_t answer(std::span<const std::uint64_t> /*answers*/) const override { return shared().protected_sum; }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    constexpr double kPercent = 100, kNsPerUs = 1e3, kNsPerMs = 1e6;
    const auto deadlocks = static_cast<double>(shared().deadlocks);
    // In a deadlock one unit gives up its turn; every other turn was completed.
    const double turns = static_cast<double>(sum_of(ran.answers)) + deadlocks;
    const double rounds = turns / kDeadlockUnits;
    std::vector<NamedFigure> figures{{"turn_us", shared().times.elapsed_ns() / turns / kNsPerUs},
                                     {"deadlocks", deadlocks},
                                     {"deadlocked_rounds_percent", deadlocks / rounds * kPercent}};
    if (deadlocks > 0) {
      const std::int64_t until = shared().first_deadlock_ns - shared().times.first_begin_ns;
      figures.push_back({"time_to_deadlock_ms", static_cast<double>(until) / kNsPerMs});
    }
    return figures;
  }

 private:
  Shared& shared() const { return *static_cast<Shared*>(memory_.data()); }
  static unsigned bit(std::size_t index) { return 1U << index; }

  /// After a wait that got no lock: whether both units wait. Only one of them gets true, and that one has to give up.
  bool saw_deadlock(std::size_t index, std::int64_t began_ns) const {
    unsigned both = bit(0) | bit(1);
    if (!shared().waiting.compare_exchange_strong(both, both & ~bit(index))) return false;
    std::int64_t none = 0;
    shared().first_deadlock_ns.compare_exchange_strong(none, began_ns);
    ++shared().deadlocks;
    return true;
  }

  std::uint64_t rounds_;
  std::string way_;
  bool meet_;
  SharedMemory memory_;
};

}  // namespace

std::unique_ptr<Job> make_deadlock_job(const JobSize& size) {
  return std::make_unique<DeadlockJob>(size);
}

}  // namespace bakeoff::workloads::jobs

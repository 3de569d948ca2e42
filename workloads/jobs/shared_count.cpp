// The job `shared-count`: every unit adds one to a counter that all of them share, `size` times, and the setting
// `discipline` says how they do it. No unit begins before all of them exist, unless `start` is as-written: then each
// begins as soon as it is made, and the first may have ended before the last begins. `reads` percent of the operations
// only look at the counter; they count as operations. The counter lies in memory that processes share too.
//
// `plain` is the race of the textbooks without undefined behaviour: a relaxed load, and a relaxed store of one more.
// What another unit stored in between is lost, and the job counts how much. `across-await` lets other units run between
// the load and the store, and so races where they share a thread. `lock-once` is `plain` with a lock that protects
// nothing. No other discipline may lose any.
// The locks are those of the executor (Unit), of the kind that suits its units. The virtual call adds about 5 ns to the
// lock's own cost, which matters for a lock without contention.
#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

#include "workloads/jobs/answers.h"
#include "workloads/jobs/jobs.h"
#include "workloads/jobs/run_times.h"
#include "workloads/jobs/snapshot.h"
#include "workloads/shared_memory.h"

namespace bakeoff::workloads::jobs {
namespace {

constexpr std::size_t kShards = 16;
constexpr std::uint64_t kPercent = 100;

struct alignas(kCacheLine) Line {
  std::atomic<std::uint64_t> value{0};
};

/// In shared memory, zeroed. Each member is on a cache line of its own, so that units contend for the counter only.
struct State {
  alignas(kCacheLine) RunTimes times;
  Line counter;
  std::array<Line, kShards> shards;
  Snapshots snapshots;
};

class SharedCountJob final : public Job {
 public:
  explicit SharedCountJob(const JobSize& size)
      : units_(size.units),
        each_(size.size == 0 ? kSharedCountDefaultSize : size.size),
        reads_(size.settings.number("reads")),
        discipline_(size.settings.text("discipline")),
        together_(size.settings.text("start") == "together"),
        memory_(sizeof(State)) {
    if (reads_ != 0 && (discipline_ == "sharded" || discipline_ == "channel" || discipline_ == "local")) {
      throw std::invalid_argument("shared-count: found reads = " + std::to_string(reads_) + " with discipline = " +
                                  discipline_ + ", expected 0: the sum is not known before the end");
    }
    if (reads_ != 0 && (discipline_ == "across-await" || discipline_ == "locked-await")) {
      throw std::invalid_argument("shared-count: found reads = " + std::to_string(reads_) + " with discipline = " +
                                  discipline_ + ", expected 0: every operation reads and writes");
    }
    if (discipline_ == "channel" && units_ < 2) {
      throw std::invalid_argument(
          "shared-count: found 1 unit with discipline = channel, expected 2 at least: one owns "
          "the counter, the others send");
    }
    if (discipline_ == "channel" && !together_) {
      throw std::invalid_argument(
          "shared-count: found start = as-written with discipline = channel, expected start = together: the owner has "
          "to know how many units send");
    }
    if (discipline_ == "snapshot" && units_ > Snapshots::kMostWriters) {
      throw std::invalid_argument("shared-count: found " + std::to_string(units_) +
                                  " units with discipline = snapshot, " + "expected at most " +
                                  std::to_string(Snapshots::kMostWriters));
    }
  }

  Needs needs() const override { return Needs::synchronisation; }

  UnitWork unit_coroutine(Unit& unit, std::size_t index) const override {
    const std::uint64_t units = together_ ? co_await unit.barrier() : units_;
    state().times.begin(unit.now());
    std::uint64_t added = 0;
    if (discipline_ == "mutex") {
      for (std::uint64_t i = 0; i < each_; ++i) {
        co_await unit.lock(0);
        added += step_exclusively(i);
        unit.unlock(0);
      }
    } else if (discipline_ == "rwlock") {
      for (std::uint64_t i = 0; i < each_; ++i) {
        if (is_read(i)) {
          co_await unit.lock_shared();
          read_counter();
          unit.unlock_shared();
        } else {
          co_await unit.lock_exclusive();
          added += step_exclusively(i);
          unit.unlock_exclusive();
        }
      }
    } else if (discipline_ == "channel") {
      // The first is the owner and adds what the others send; what it would add itself needs no channel.
      if (index != 0) {
        for (; added < each_; ++added) co_await unit.send(0, 1);
      } else {
        std::uint64_t count = 0;
        for (std::uint64_t i = 0; i < each_ * (units - 1); ++i) count += co_await unit.receive(0);
        counter() = count;
      }
    } else if (discipline_ == "across-await") {
      for (; added < each_; ++added) {
        const std::uint64_t seen = counter().load(std::memory_order_relaxed);
        co_await unit.yield();
        counter().store(seen + 1, std::memory_order_relaxed);
      }
    } else if (discipline_ == "locked-await") {
      for (; added < each_; ++added) {
        co_await unit.lock(0);
        const std::uint64_t seen = counter().load(std::memory_order_relaxed);
        co_await unit.yield();
        counter().store(seen + 1, std::memory_order_relaxed);
        unit.unlock(0);
      }
    } else if (discipline_ == "lock-once") {
      if (index == 0) added = race();
      co_await unit.lock(0);
      unit.unlock(0);
      if (index != 0) added = race();
    } else {
      added = run_without_waiting(index);
    }
    state().times.end(unit.now());
    co_return added;
  }

  std::string check(std::span<const std::uint64_t> answers) const override {
    const std::uint64_t right = sum_of(answers), found = answer(answers);
    if (found == right || (may_lose() && found < right && found > 0)) return "";
    return "shared-count: expected " + std::to_string(right) + ", got " + std::to_string(found);
  }

  /// The counter at the end, wherever the discipline keeps it.
  std::uint64_t answer(std::span<const std::uint64_t> /*answers*/) const override {
    if (discipline_ == "snapshot") return state().snapshots.read();
    std::uint64_t sum = counter().load();
    for (const Line& shard : state().shards) sum += shard.value.load();
    return sum;
  }

  std::vector<NamedFigure> figures(const CompletedRun& ran) const override {
    return figures_of({.adders = adders_among(ran.answers.size()),
                       .right = sum_of(ran.answers),
                       .found = answer(ran.answers),
                       .elapsed_ns = together_ ? state().times.elapsed_ns() : static_cast<double>(ran.elapsed_ns)});
  }

  /// Of a program that does nothing but add.
  std::optional<std::uint64_t> known_answer() const override { return each_ * adders_among(units_); }
  bool may_lose() const override {
    return std::ranges::find(kRacingDisciplines, discipline_) != std::end(kRacingDisciplines);
  }
  std::vector<NamedFigure> reported_figures(const ReportedRun& ran) const override {
    return figures_of({.adders = adders_among(units_),
                       .right = *known_answer(),
                       .found = ran.answer,
                       .elapsed_ns = static_cast<double>(ran.work_ns)});
  }

 private:
  struct Counted {
    std::size_t adders;
    std::uint64_t right, found;
    double elapsed_ns;
  };
  /// The owner of a channel adds nothing itself.
  std::size_t adders_among(std::size_t units) const { return units - (discipline_ == "channel" ? 1 : 0); }
  std::vector<NamedFigure> figures_of(const Counted& counted) const {
    const double operations = static_cast<double>(each_) * static_cast<double>(counted.adders);
    const auto right = static_cast<double>(counted.right);
    const double lost = right - static_cast<double>(counted.found);
    return {{"operation_ns", counted.elapsed_ns / operations},
            {"lost", lost},
            {"lost_percent", right > 0 ? lost / right * kPercent : 0},
            {"operations_per_s", operations / counted.elapsed_ns * 1e9}};
  }

  State& state() const { return *static_cast<State*>(memory_.data()); }
  std::atomic<std::uint64_t>& counter() const { return state().counter.value; }

  /// Spread evenly over the operations.
  bool is_read(std::uint64_t i) const {
    constexpr std::uint64_t kStep = 37;  // Has no factor in common with a hundred.
    return reads_ != 0 && i * kStep % kPercent < reads_;
  }
  void read_counter() const {
    const std::uint64_t seen = counter().load(std::memory_order_relaxed);
    asm volatile("" : : "r"(seen));
  }
  /// For one unit at a time. Returns 1 when it has added one.
  std::uint64_t step_exclusively(std::uint64_t i) const {
    if (is_read(i)) {
      read_counter();
      return 0;
    }
    counter().store(counter().load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return 1;
  }

  /// For any number of units at a time. Returns 1 when it has added one.
  std::uint64_t swap_step(std::uint64_t i) const {
    if (is_read(i)) {
      read_counter();
      return 0;
    }
    std::uint64_t seen = counter().load(std::memory_order_relaxed);
    while (!counter().compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed)) {
    }
    return 1;
  }

  std::uint64_t race() const {
    std::uint64_t added = 0;
    for (std::uint64_t i = 0; i < each_; ++i) added += step_exclusively(i);
    return added;
  }

  /// The disciplines in which no unit waits for another.
  std::uint64_t run_without_waiting(std::size_t index) const {
    if (discipline_ == "plain") return race();
    std::uint64_t added = 0;
    if (discipline_ == "atomic") {
      if (reads_ == 0) {
        for (std::uint64_t i = 0; i < each_; ++i) counter().fetch_add(1, std::memory_order_relaxed);
        return each_;
      }
      for (std::uint64_t i = 0; i < each_; ++i) {
        if (is_read(i)) {
          read_counter();
        } else {
          counter().fetch_add(1, std::memory_order_relaxed);
          ++added;
        }
      }
    } else if (discipline_ == "compare-and-swap") {
      for (std::uint64_t i = 0; i < each_; ++i) added += swap_step(i);
    } else if (discipline_ == "sharded") {
      auto& shard = state().shards[index % kShards].value;
      for (; added < each_; ++added) shard.fetch_add(1, std::memory_order_relaxed);
    } else if (discipline_ == "local") {
      while (added < each_) {
        ++added;
        asm volatile("" : "+r"(added));  // Otherwise the loop is replaced by its result.
      }
      counter().fetch_add(added, std::memory_order_relaxed);
    } else {
      SnapshotWriter writer(state().snapshots, index);
      for (std::uint64_t i = 0; i < each_; ++i) {
        if (is_read(i)) {
          const std::uint64_t seen = state().snapshots.read();
          asm volatile("" : : "r"(seen));
        } else {
          writer.replace([](std::uint64_t value) { return value + 1; });
          ++added;
        }
      }
    }
    return added;
  }

  std::size_t units_;
  std::uint64_t each_, reads_;
  std::string discipline_;
  bool together_;
  SharedMemory memory_;
};

}  // namespace

std::unique_ptr<Job> make_shared_count_job(const JobSize& size) {
  return std::make_unique<SharedCountJob>(size);
}

}  // namespace bakeoff::workloads::jobs

// Every executor gives the right answers, counts what was alive and reports failures. The process executor is tried by
// the conformance suite, through bakeoff-subject: a test program does not fork.
#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "models/catalogue.h"
#include "models/executors/run_job.h"
#include "models/live_count.h"
#include "models/shared_array.h"

namespace bakeoff::models {
namespace {

/// A job made of a function; what it needs decides whether that may wait.
class FunctionJob final : public workloads::jobs::Job {
 public:
  using Work = std::function<workloads::jobs::UnitWork(workloads::jobs::Unit&, std::size_t)>;
  explicit FunctionJob(Work work, workloads::jobs::Needs needs = workloads::jobs::Needs::waiting)
      : work_(std::move(work)), needs_(needs) {}
  workloads::jobs::Needs needs() const override { return needs_; }
  workloads::jobs::UnitWork unit_coroutine(workloads::jobs::Unit& unit, std::size_t index) const override {
    return work_(unit, index);
  }
  std::string check(std::span<const std::uint64_t> /*answers*/) const override { return ""; }
  std::uint64_t answer(std::span<const std::uint64_t> /*answers*/) const override { return 0; }

 private:
  Work work_;
  workloads::jobs::Needs needs_;
};

class Executors : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<executors::Executor> executor() const {
    const ExecutorEntry& entry = *find_executor(GetParam());
    return entry.make(workloads::Settings(entry.settings));
  }
  bool can(workloads::jobs::Needs needs, std::size_t units) const { return executor()->refusal(needs, units).empty(); }
};

TEST_P(Executors, GiveEveryUnitsAnswerInTheOrderOfTheIndex) {
  const executors::ExecutionResult executed = executor()->run(
      FunctionJob([](workloads::jobs::Unit&, std::size_t i) -> workloads::jobs::UnitWork { co_return i* i; }), 20);
  ASSERT_EQ(executed.answers.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(executed.answers[i], i * i);
  EXPECT_EQ(executed.units_created, 20U);
  EXPECT_GE(executed.peak_live_units, 1U);
  EXPECT_LE(executed.peak_live_units, 20U);
  EXPECT_EQ(executed.limit, "");
}

TEST_P(Executors, PassOnWhatAUnitThrowsAfterTheOthersHaveEnded) {
  std::atomic<int> ended = 0;
  const FunctionJob job([&ended](workloads::jobs::Unit&, std::size_t i) -> workloads::jobs::UnitWork {
    ++ended;
    if (i == 1) throw std::runtime_error("unit 1 failed");
    co_return 0;
  });
  EXPECT_THROW(executor()->run(job, 3), std::runtime_error);
  if (GetParam() != "sequential") {
    EXPECT_EQ(ended, 3);
  }
}

TEST_P(Executors, SleepAtLeastAsLongAsAsked) {
  using namespace std::chrono_literals;
  const auto begin = std::chrono::steady_clock::now();
  const FunctionJob job([](workloads::jobs::Unit& unit, std::size_t) -> workloads::jobs::UnitWork {
    co_await unit.sleep(5ms);
    co_await unit.yield();
    co_return 0;
  });
  executor()->run(job, 3);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
}

TEST_P(Executors, HaveUnitsMeetAtABarrierAsOftenAsTheyLike) {
  constexpr std::size_t kUnits = 2;
  if (!can(workloads::jobs::Needs::synchronisation, kUnits))
    GTEST_SKIP() << "its units cannot wait for each other here";
  std::array<std::atomic<int>, 3> came{};
  const FunctionJob job(
      [&came](workloads::jobs::Unit& unit, std::size_t) -> workloads::jobs::UnitWork {
        std::uint64_t met = 0;
        for (auto& round : came) {
          ++round;
          co_await unit.barrier();
          if (round == kUnits) ++met;
        }
        co_return met;
      },
      workloads::jobs::Needs::synchronisation);
  for (const std::uint64_t met : executor()->run(job, kUnits).answers) EXPECT_EQ(met, came.size());
}

TEST_P(Executors, TellUnitsAtTheBarrierHowManyTheyAre) {
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  const FunctionJob job(
      [](workloads::jobs::Unit& unit, std::size_t) -> workloads::jobs::UnitWork { co_return co_await unit.barrier(); },
      workloads::jobs::Needs::synchronisation);
  EXPECT_THAT(executor()->run(job, 2).answers, testing::ElementsAre(2, 2));
}

TEST_P(Executors, PassOnWhatAUnitThrowsAlsoWhileTheOthersWaitForIt) {
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  for (const bool at_the_barrier : {true, false}) {
    const FunctionJob job(
        [at_the_barrier](workloads::jobs::Unit& unit, std::size_t index) -> workloads::jobs::UnitWork {
          if (index == 1) throw std::out_of_range("unit 1 failed");
          if (at_the_barrier) co_return co_await unit.barrier();
          co_return co_await unit.receive(0);
        },
        workloads::jobs::Needs::synchronisation);
    EXPECT_THROW(executor()->run(job, 2), std::out_of_range);
  }
}

TEST_P(Executors, PassNumbersThroughTheChannelInOrderAlsoWhenItIsFull) {
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  constexpr std::uint64_t kNumbers = 3 * workloads::jobs::kChannelRoom;
  const FunctionJob job(
      [](workloads::jobs::Unit& unit, std::size_t index) -> workloads::jobs::UnitWork {
        std::uint64_t in_order = 0;
        for (std::uint64_t i = 0; i < kNumbers; ++i) {
          if (index == 0) {
            co_await unit.send(0, i);
          } else if (co_await unit.receive(0) == i) {
            ++in_order;
          }
        }
        co_return in_order;
      },
      workloads::jobs::Needs::synchronisation);
  EXPECT_EQ(executor()->run(job, 2).answers[1], kNumbers);
}

TEST_P(Executors, LetOnlyOneUnitHoldALockAndGiveUpInTime) {
  using namespace std::chrono_literals;
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  const FunctionJob job(
      [](workloads::jobs::Unit& unit, std::size_t index) -> workloads::jobs::UnitWork {
        if (index == 0) co_await unit.lock(0);
        co_await unit.barrier();
        std::uint64_t had = 7;
        if (index == 1) had = co_await unit.try_lock_for(0, 5ms);
        co_await unit.barrier();
        if (index == 0) unit.unlock(0);
        if (index == 1) {
          co_await unit.lock(0);
          unit.unlock(0);
          had += 10 * co_await unit.try_lock_for(0, 5ms);
          unit.unlock(0);
        }
        co_return had;
      },
      workloads::jobs::Needs::synchronisation);
  EXPECT_EQ(executor()->run(job, 2).answers[1], 10U);
}

TEST_P(Executors, LetSeveralReadAtOnceAndOnlyOneWrite) {
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  std::atomic<bool> writes = false;
  const FunctionJob job(
      [&writes](workloads::jobs::Unit& unit, std::size_t index) -> workloads::jobs::UnitWork {
        co_await unit.lock_shared();
        co_await unit.barrier();  // This line would never be reached if one reader kept out the other.
        unit.unlock_shared();
        std::uint64_t right = 1;
        if (index == 0) {
          co_await unit.lock_exclusive();
          co_await unit.barrier();
          writes = true;
          for (int i = 0; i < 10; ++i) co_await unit.yield();
          writes = false;
          unit.unlock_exclusive();
          co_await unit.barrier();
        } else {
          co_await unit.barrier();
          co_await unit.lock_shared();
          right = writes ? 0 : 1;
          unit.unlock_shared();
          co_await unit.lock_exclusive();
          unit.unlock_exclusive();
          co_await unit.barrier();
        }
        co_return right;
      },
      workloads::jobs::Needs::synchronisation);
  EXPECT_THAT(executor()->run(job, 2).answers, testing::ElementsAre(1, 1));
}

TEST_P(Executors, TryALockForNoTimeWithoutWaiting) {
  using namespace std::chrono_literals;
  if (!can(workloads::jobs::Needs::synchronisation, 2)) GTEST_SKIP() << "its units cannot wait for each other here";
  const FunctionJob job(
      [](workloads::jobs::Unit& unit, std::size_t index) -> workloads::jobs::UnitWork {
        // Each gets its own and not the other's, which nobody gives back before both have tried.
        const std::uint64_t own = co_await unit.try_lock_for(index, 0ns);
        co_await unit.barrier();
        const std::uint64_t others = co_await unit.try_lock_for(1 - index, 0ns);
        co_await unit.barrier();
        unit.unlock(index);
        co_return own * 10 + others;
      },
      workloads::jobs::Needs::synchronisation);
  EXPECT_THAT(executor()->run(job, 2).answers, testing::ElementsAre(10, 10));
}

TEST_P(Executors, LetUnitsMakeUnitsAndSumTheirAnswers) {
  if (!can(workloads::jobs::Needs::children, 1)) GTEST_SKIP() << "its units cannot wait for their children";
  const FunctionJob job(
      [](workloads::jobs::Unit& unit, std::size_t) -> workloads::jobs::UnitWork {
        const workloads::jobs::ChildWork leaf = [](workloads::jobs::Unit&, std::size_t i) -> workloads::jobs::UnitWork {
          co_return i;
        };
        const workloads::jobs::ChildWork branch = [&leaf](workloads::jobs::Unit& child,
                                                          std::size_t) -> workloads::jobs::UnitWork {
          co_return co_await child.fan_out(4, leaf);
        };
        co_return co_await unit.fan_out(3, branch);
      },
      workloads::jobs::Needs::children);
  const executors::ExecutionResult executed = executor()->run(job, 2);
  EXPECT_THAT(executed.answers, testing::ElementsAre(18, 18));
  EXPECT_EQ(executed.units_created, 2 * (1 + 3 + 12));
}

/// A job whose units answer their index, and whose answer may be made wrong.
class IndexJob final : public workloads::jobs::Job {
 public:
  explicit IndexJob(std::uint64_t error) : error_(error) {}
  std::uint64_t run_unit(std::size_t index) const override { return index + error_; }
  std::string check(std::span<const std::uint64_t> answers) const override {
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (answers[i] != i) return "unit " + std::to_string(i) + ": expected " + std::to_string(i);
    return "";
  }
  std::uint64_t answer(std::span<const std::uint64_t> answers) const override {
    std::uint64_t sum = 0;
    for (const auto each : answers) sum += each;
    return sum;
  }

 private:
  std::uint64_t error_;
};

TEST_P(Executors, RunAJobAndHaveItsAnswersChecked) {
  const executors::JobResult right = executors::run_job(IndexJob(0), *executor(), 5);
  EXPECT_TRUE(right.right);
  EXPECT_EQ(right.complaint, "");
  EXPECT_EQ(right.answer, 10U);
  EXPECT_EQ(right.units_created, 5U);
  EXPECT_GT(right.elapsed_ns, 0U);
  const executors::JobResult wrong = executors::run_job(IndexJob(1), *executor(), 5);
  EXPECT_FALSE(wrong.right);
  EXPECT_EQ(wrong.complaint, "unit 0: expected 0");
}

INSTANTIATE_TEST_SUITE_P(Every, Executors, testing::Values("thread", "fiber", "coroutine", "sequential", "pool"),
                         [](const auto& each) { return each.param; });

std::uint64_t peak_of(const char* name, std::size_t units, const FunctionJob& job) {
  const ExecutorEntry& entry = *find_executor(name);
  return entry.make(workloads::Settings(entry.settings))->run(job, units).peak_live_units;
}

workloads::jobs::UnitWork go_at_once(workloads::jobs::Unit& /*unit*/, std::size_t /*index*/) {
  co_return 0;
}
workloads::jobs::UnitWork let_others_run(workloads::jobs::Unit& unit, std::size_t /*index*/) {
  co_await unit.yield();
  co_return 0;
}
workloads::jobs::UnitWork wait_for_all(workloads::jobs::Unit& unit, std::size_t /*index*/) {
  co_await unit.barrier();
  co_return 0;
}

TEST(ExecutorPeak, OfUnitsThatWaitForEachOtherIsAllOfThem) {
  for (const char* name : {"thread", "fiber", "coroutine"}) {
    EXPECT_EQ(peak_of(name, 8, FunctionJob(wait_for_all, workloads::jobs::Needs::synchronisation)), 8U) << name;
  }
}

TEST(ExecutorPeak, OfFibersAndCoroutinesThatYieldIsAllOfThemAndOtherwiseOne) {
  for (const char* name : {"fiber", "coroutine"}) {
    EXPECT_EQ(peak_of(name, 8, FunctionJob(let_others_run)), 8U) << name;
    EXPECT_EQ(peak_of(name, 8, FunctionJob(go_at_once)), 1U) << name;
  }
}

TEST(ExecutorPeak, OfSequentialCallsIsOne) {
  EXPECT_EQ(peak_of("sequential", 8, FunctionJob(let_others_run)), 1U);
}

TEST(ExecutorPeak, OfAPoolIsItsThreadsHoweverManyUnitsThereAre) {
  const std::size_t threads = count_allowed_cpus();
  std::barrier all_threads(static_cast<std::ptrdiff_t>(threads));
  const FunctionJob job([&all_threads](workloads::jobs::Unit&, std::size_t) -> workloads::jobs::UnitWork {
    all_threads.arrive_and_wait();
    co_return 0;
  });
  EXPECT_EQ(peak_of("pool", 5 * threads, job), threads);
}

TEST(ExecutorRefusal, SaysWhyUnitsCannotDoWhatAJobNeeds) {
  const auto refusal = [](const char* name, workloads::jobs::Needs needs, std::size_t units) {
    const ExecutorEntry& entry = *find_executor(name);
    return entry.make(workloads::Settings(entry.settings))->refusal(needs, units);
  };
  EXPECT_THAT(refusal("sequential", workloads::jobs::Needs::synchronisation, 2),
              testing::HasSubstr("one after the other"));
  EXPECT_EQ(refusal("sequential", workloads::jobs::Needs::synchronisation, 1), "");
  EXPECT_THAT(refusal("pool", workloads::jobs::Needs::synchronisation, 10'000), testing::HasSubstr("run at a time"));
  EXPECT_THAT(refusal("pool", workloads::jobs::Needs::children, 1), testing::HasSubstr("wait for ever"));
  EXPECT_EQ(refusal("thread", workloads::jobs::Needs::children, 10'000), "");
}

TEST(ExecutorSettings, FibersOfSeveralThreadsDoTheWorkOfOne) {
  const ExecutorEntry& entry = *find_executor("fiber");
  workloads::Settings settings(entry.settings);
  settings.set("threads", "2");
  // A thread keeps its scheduler for life, so that the test has one of its own.
  std::thread([&] {
    const executors::ExecutionResult executed =
        entry.make(settings)->run(FunctionJob(wait_for_all, workloads::jobs::Needs::synchronisation), 8);
    EXPECT_EQ(executed.peak_live_units, 8U);
  }).join();
}

TEST(LiveCount, KeepsTheMostThatWereHeldAtOnce) {
  LiveCount count;
  {
    const LiveCount::Scope first(count);
    const LiveCount::Scope second(count);
  }
  const LiveCount::Scope third(count);
  EXPECT_EQ(count.begun(), 3U);
  EXPECT_EQ(count.peak(), 2U);
}

TEST(SharedArray, BeginsZeroedAndHoldsWhatItWasAskedFor) {
  const SharedArray<std::uint64_t> numbers(1000);
  ASSERT_EQ(numbers.items().size(), 1000U);
  for (const auto number : numbers.items()) EXPECT_EQ(number, 0U);
  numbers[999] = 7;
  EXPECT_EQ(numbers.items().back(), 7U);
}

}  // namespace
}  // namespace bakeoff::models

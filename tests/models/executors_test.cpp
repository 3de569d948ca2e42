// Every executor gives the right answers, counts what was alive and reports failures. The process executor is tried by
// the conformance suite, through bakeoff-subject: a test program does not fork.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <boost/fiber/operations.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/catalogue.h"
#include "models/executors/run_job.h"
#include "models/live_count.h"
#include "models/shared_memory.h"

namespace bakeoff {
namespace {

class Executors : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Executor> executor() const { return find_executor(GetParam())->make(); }
};

TEST_P(Executors, GiveEveryUnitsAnswerInTheOrderOfTheIndex) {
  const Executed executed = executor()->run(20, [](std::size_t i) { return i * i; });
  ASSERT_EQ(executed.answers.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(executed.answers[i], i * i);
  EXPECT_EQ(executed.units_created, 20U);
  EXPECT_GE(executed.peak_live_units, 1U);
  EXPECT_LE(executed.peak_live_units, 20U);
}

TEST_P(Executors, PassOnWhatAUnitThrowsAfterTheOthersHaveEnded) {
  std::atomic<int> ended = 0;
  const auto body = [&](std::size_t i) -> std::uint64_t {
    ++ended;
    if (i == 1) throw std::runtime_error("unit 1 failed");
    return 0;
  };
  EXPECT_THROW(executor()->run(3, body), std::runtime_error);
  if (GetParam() != "sequential") {
    EXPECT_EQ(ended, 3);
  }
}

/// A job whose units answer their index, and whose answer may be made wrong.
class IndexJob final : public Job {
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
  const JobResult right = run_job(IndexJob(0), *executor(), 5);
  EXPECT_TRUE(right.right);
  EXPECT_EQ(right.complaint, "");
  EXPECT_EQ(right.answer, 10U);
  EXPECT_EQ(right.units_created, 5U);
  EXPECT_GT(right.elapsed_ns, 0U);
  const JobResult wrong = run_job(IndexJob(1), *executor(), 5);
  EXPECT_FALSE(wrong.right);
  EXPECT_EQ(wrong.complaint, "unit 0: expected 0");
}

INSTANTIATE_TEST_SUITE_P(Every, Executors, testing::Values("thread", "fiber", "sequential", "pool"),
                         [](const auto& each) { return each.param; });

TEST(ExecutorPeak, OfThreadsThatWaitForEachOtherIsAllOfThem) {
  constexpr std::size_t kUnits = 8;
  std::barrier everybody(kUnits);
  const Executed executed = make_thread_executor()->run(kUnits, [&](std::size_t) {
    everybody.arrive_and_wait();
    return std::uint64_t{0};
  });
  EXPECT_EQ(executed.peak_live_units, kUnits);
}

TEST(ExecutorPeak, OfFibersThatYieldIsAllOfThemAndOtherwiseOne) {
  const auto fibers = make_fiber_executor();
  const auto yields = [](std::size_t) {
    boost::this_fiber::yield();
    return std::uint64_t{0};
  };
  EXPECT_EQ(fibers->run(8, yields).peak_live_units, 8U);
  EXPECT_EQ(fibers->run(8, [](std::size_t) { return std::uint64_t{0}; }).peak_live_units, 1U);
}

TEST(ExecutorPeak, OfSequentialCallsIsOne) {
  EXPECT_EQ(make_sequential_executor()->run(8, [](std::size_t) { return std::uint64_t{0}; }).peak_live_units, 1U);
}

TEST(ExecutorPeak, OfAPoolIsItsThreadsHoweverManyUnitsThereAre) {
  const std::size_t threads = count_allowed_cpus();
  std::barrier all_threads(static_cast<std::ptrdiff_t>(threads));
  const Executed executed = make_pool_executor()->run(5 * threads, [&](std::size_t) {
    all_threads.arrive_and_wait();
    return std::uint64_t{0};
  });
  EXPECT_EQ(executed.units_created, 5 * threads);
  EXPECT_EQ(executed.peak_live_units, threads);
}

TEST(LiveCount, KeepsTheMostThatWereHeldAtOnce) {
  LiveCount count;
  {
    const LiveCount::Held first(count);
    const LiveCount::Held second(count);
  }
  const LiveCount::Held third(count);
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
}  // namespace bakeoff

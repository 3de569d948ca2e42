// Jobs whose answer is fixed by their size: what known vectors say, that the answer does not depend on the number of
// units, and that a wrong unit is found.
#include <gtest/gtest.h>

#include <string>

#include "workloads/catalogue.h"
#include "workloads/jobs/answers.h"
#include "workloads/jobs/process_memory.h"
#include "workloads/jobs/sha256.h"

namespace bakeoff::workloads {
namespace {

std::string hex(const jobs::Sha256Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) {
    text += "0123456789abcdef"[byte / 16];
    text += "0123456789abcdef"[byte % 16];
  }
  return text;
}

TEST(Sha256, GivesWhatTheStandardSays) {
  struct Vector {
    std::string text, digest;
  };
  // FIPS 180-4, the examples of its appendix and of NIST's CAVP.
  const Vector vectors[] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (const auto& [text, digest] : vectors) {
    EXPECT_EQ(hex(jobs::sha256(text)), digest);
    EXPECT_EQ(hex(jobs::sha256_in_pieces(text)), digest);
  }
}

/// What the units answer that have nothing to wait for.
std::vector<std::uint64_t> answers_of(const jobs::Job& job, std::size_t units) {
  std::vector<std::uint64_t> answers;
  for (std::size_t index = 0; index < units; ++index) answers.push_back(job.run_unit(index));
  return answers;
}

class DividedJob : public testing::TestWithParam<std::string_view> {};

TEST_P(DividedJob, TheAnswerIsTheSameHoweverManyUnitsThereAre) {
  const JobEntry& entry = *find_job(GetParam());
  ASSERT_TRUE(entry.divides_work);
  constexpr std::uint64_t kSize = 5;
  const auto one = entry.make({.units = 1, .size = kSize});
  const std::uint64_t expected = one->answer(answers_of(*one, 1));
  EXPECT_NE(expected, 0U);
  // More units than work, too: 100 are more than the blocks of 5 MiB.
  for (const std::size_t units : {2, 3, 100}) {
    const auto job = entry.make({.units = units, .size = kSize});
    const auto answers = answers_of(*job, units);
    EXPECT_EQ(job->answer(answers), expected) << units;
    EXPECT_EQ(job->check(answers), "") << units;
  }
}

TEST_P(DividedJob, AnotherSizeIsAnotherAnswer) {
  const JobEntry& entry = *find_job(GetParam());
  const auto small = entry.make({.units = 1, .size = 1}), large = entry.make({.units = 1, .size = 2});
  EXPECT_NE(small->run_unit(0), large->run_unit(0));
}

INSTANTIATE_TEST_SUITE_P(Every, DividedJob, testing::Values("image", "infer", "sha256"));

class Checked : public testing::TestWithParam<std::string_view> {};

TEST_P(Checked, AWrongUnitIsNamedAndSoAreMissingOnes) {
  const JobEntry& entry = *find_job(GetParam());
  const auto job = entry.make({.units = 2, .size = 3, .settings = Settings(entry.settings)});
  auto answers = job->sequential_answers().empty() ? answers_of(*job, 2) : job->sequential_answers();
  EXPECT_EQ(job->check(answers), "");
  ++answers[1];
  EXPECT_EQ(job->check(answers).find(std::string(GetParam()) + ": unit 1 expected "), 0U) << job->check(answers);
  answers.pop_back();
  EXPECT_EQ(job->check(answers), std::string(GetParam()) + ": expected 2 answers, got 1");
}

INSTANTIATE_TEST_SUITE_P(Every, Checked, testing::Values("amdahl", "image", "infer", "oversubscribe", "sha256"));

TEST(Shares, AddUpToTheTotal) {
  for (const std::uint64_t total : {0U, 1U, 37U, 1000U}) {
    for (const std::uint64_t units : {1U, 4U, 37U, 1001U}) {
      std::uint64_t sum = 0;
      for (std::uint64_t index = 0; index < units; ++index) sum += jobs::share_of(total, index, units);
      EXPECT_EQ(sum, total) << units;
    }
  }
}

TEST(Amdahl, StandsBesideItsLaw) {
  const JobEntry& entry = *find_job("amdahl");
  Settings settings(entry.settings);
  settings.set("serial", "50");
  const auto figures_of = [&](std::size_t units) {
    const auto job = entry.make({.units = units, .size = 1000, .settings = settings});
    return job->figures({.answers = {},
                         .elapsed_ns = 100,
                         .cpu_ns = 150,
                         .sequential_elapsed_ns = 120,
                         .sequential_cpu_ns = 120,
                         .cpus = 4});
  };
  for (const auto& [units, law] : {std::pair{1UL, 1.0}, {2UL, 1 / 0.75}, {4UL, 1.6}, {400UL, 1.6}}) {
    const auto figures = figures_of(units);
    ASSERT_EQ(figures.size(), 4U);
    EXPECT_EQ(figures[2].name, "speedup");
    EXPECT_DOUBLE_EQ(figures[2].value, 1.2);
    EXPECT_EQ(figures[3].name, "amdahl_speedup");
    EXPECT_DOUBLE_EQ(figures[3].value, law) << units;
  }
}

/// Units one after the other, whose calls never wait: what locks are had of them is written down.
class Lone final : public jobs::Unit {
 public:
  jobs::UnitCall yield() override { return jobs::UnitCall(); }
  jobs::UnitCall sleep(std::chrono::nanoseconds /*time*/) override { return jobs::UnitCall(); }
  std::chrono::nanoseconds now() const override { return {}; }
  jobs::UnitCall barrier() override { return jobs::UnitCall(); }
  jobs::UnitCall send(std::size_t /*which*/, std::uint64_t /*value*/) override { return jobs::UnitCall(); }
  jobs::UnitCall receive(std::size_t /*which*/) override { return jobs::UnitCall(); }
  jobs::UnitCall lock(std::size_t /*which*/) override {
    ++locks;
    return jobs::UnitCall();
  }
  void unlock(std::size_t /*which*/) override { ++unlocks; }
  jobs::UnitCall lock_shared() override { return jobs::UnitCall(); }
  void unlock_shared() override {}
  jobs::UnitCall lock_exclusive() override { return jobs::UnitCall(); }
  void unlock_exclusive() override {}
  jobs::UnitCall try_lock_for(std::size_t /*which*/, std::chrono::nanoseconds /*time*/) override {
    return jobs::UnitCall(1);
  }
  jobs::UnitCall fan_out(std::size_t /*count*/, const jobs::ChildWork& /*work*/) override { return jobs::UnitCall(); }
  int locks = 0, unlocks = 0;
};

TEST(Amdahl, UnitsAnswerWhatTheWorkAloneDoesAndLockForTheSerialShareOnly) {
  const JobEntry& entry = *find_job("amdahl");
  for (const auto& [serial, locks] : {std::pair{"0", 0}, {"10", 50}, {"100", 50}}) {
    for (const std::uint64_t size : {7U, 10'007U}) {
      Settings settings(entry.settings);
      settings.set("serial", serial);
      const auto job = entry.make({.units = 2, .size = size, .settings = settings});
      std::vector<std::uint64_t> answers;
      for (std::size_t index = 0; index < 2; ++index) {
        Lone unit;
        answers.push_back(job->unit_coroutine(unit, index).run());
        EXPECT_EQ(unit.locks, unit.unlocks);
        if (size > 1000) {
          EXPECT_EQ(unit.locks, locks) << serial;
        }
      }
      EXPECT_EQ(answers, job->sequential_answers()) << serial << " percent of " << size;
    }
  }
}

TEST(Oversubscribe, CountsCpuTimeThatTheWorkAloneDoesNotTake) {
  const JobEntry& entry = *find_job("oversubscribe");
  const auto job = entry.make({.units = 3, .size = 1000, .settings = Settings(entry.settings)});
  const auto figures = job->figures({.answers = {},
                                     .elapsed_ns = 100,
                                     .cpu_ns = 150,
                                     .sequential_elapsed_ns = 120,
                                     .sequential_cpu_ns = 120,
                                     .cpus = 4});
  ASSERT_EQ(figures.size(), 5U);
  EXPECT_EQ(figures[4].name, "overhead_percent");
  EXPECT_DOUBLE_EQ(figures[4].value, 25);
}

TEST(Oversubscribe, WalksAWorkingSetOfEachUnitsOwnAndHasTheSameAnswerWhateverItsSize) {
  const JobEntry& entry = *find_job("oversubscribe");
  const auto answers = [&](const char* kib) {
    Settings settings(entry.settings);
    settings.set("working-set-kib", kib);
    return entry.make({.units = 3, .size = 10'000, .settings = settings})->sequential_answers();
  };
  EXPECT_EQ(answers("1"), answers("256"));
  EXPECT_NE(answers("1"), answers("0")) << "with a set the rounds come in pieces, one seeded by the other";
}

TEST(Sleepers, RefusesATimeThatNobodyWaitsFor) {
  const JobEntry& entry = *find_job("sleepers");
  EXPECT_THROW(entry.make({.units = 1, .size = 3'600'001}), std::invalid_argument);
  EXPECT_NO_THROW(entry.make({.units = 1, .size = 3'600'000}));
}

TEST(Sleepers, OneThatWokeTooSoonIsAWrongAnswer) {
  const auto job = find_job("sleepers")->make({.units = 2, .size = 1});
  EXPECT_EQ(job->check(std::vector<std::uint64_t>{1, 1}), "");
  EXPECT_EQ(job->check(std::vector<std::uint64_t>{1, 0}), "sleepers: expected 2 units to sleep their time, got 1");
}

TEST(ProcessMemory, LeavesOutWhatTheKernelDidNotTellAndItsOwnPartsOfFewUnits) {
  jobs::ProcessMemory before, after;
  before.resident_kib = 100;
  after.resident_kib = 90;
  before.slab_kib = after.slab_kib = 5;
  after.virtual_kib = 7;
  const auto few = jobs::memory_per_unit(before, after, 10);
  ASSERT_EQ(few.size(), 1U) << "virtual memory was not told before";
  EXPECT_EQ(few[0].name, "pss_kib");
  EXPECT_DOUBLE_EQ(few[0].value, -1) << "shown as it is, not as 0";
  const auto many = jobs::memory_per_unit(before, after, 1000);
  ASSERT_EQ(many.size(), 2U);
  EXPECT_EQ(many[1].name, "slab_kib");
  EXPECT_DOUBLE_EQ(many[1].value, 0);
}

}  // namespace
}  // namespace bakeoff::workloads

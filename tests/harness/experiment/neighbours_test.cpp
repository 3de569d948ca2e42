// Who else was on the CPUs, from accounts that are made up.
#include "harness/experiment/neighbours.h"

#include <gmock/gmock.h>

#include "harness/measure/frequency.h"

namespace bakeoff::experiment {
namespace {

/// One second, in which each of two CPUs was busy for that number of milliseconds.
struct Second {
  Second(std::int64_t busy0_ms, std::int64_t busy1_ms) {
    before.source = after.source = "cpuacct";
    before.busy_ns = {{0, 0}, {1, 0}};
    after.at_ns = 1'000'000'000;
    after.busy_ns = {{0, busy0_ms * 1'000'000}, {1, busy1_ms * 1'000'000}};
    before.steal_ns = {{0, 0}, {1, 0}};
    after.steal_ns = {{0, 10'000'000}, {1, 0}};
  }
  measure::CpuTimes before, after;
};

journal::Trial row(std::vector<int> subject, std::vector<int> load) {
  journal::Trial trial;
  trial.subject_cpus = std::move(subject);
  trial.load_cpus = std::move(load);
  return trial;
}

TEST(Neighbours, AreWhatIsLeftOfEachSidesCpusWhenBothHaveTheirOwn) {
  journal::Trial trial = row({0}, {1});
  const Second second(700, 900);
  note_neighbours(trial, second.before, second.after,
                  {.subject_us = 600'000, .load_us = 840'000, .harness_us = 10'000});
  EXPECT_NEAR(*trial.foreign_cpu_share, 0.1, 1e-9);
  EXPECT_NEAR(*trial.load_foreign_share, 0.05, 1e-9);
  EXPECT_NEAR(*trial.steal_share, 0.01, 1e-9);
}

TEST(Neighbours, OnOneCpuForBothTheLoadIsNotTakenForSomebodyElse) {
  journal::Trial trial = row({0}, {0});
  const Second second(1000, 0);
  note_neighbours(trial, second.before, second.after,
                  {.subject_us = 550'000, .load_us = 400'000, .harness_us = 10'000});
  EXPECT_NEAR(*trial.foreign_cpu_share, 0.04, 1e-9);
  EXPECT_FALSE(trial.load_foreign_share);
}

TEST(Neighbours, OfASubjectWhoseCpuIsNotKnownAreNotKnownEither) {
  journal::Trial trial = row({0}, {1});
  const Second second(700, 900);
  note_neighbours(trial, second.before, second.after, {.subject_us = std::nullopt, .load_us = 900'000});
  EXPECT_FALSE(trial.foreign_cpu_share);
  EXPECT_NEAR(*trial.load_foreign_share, 0.0, 1e-9);
}

TEST(OwnCpuUse, IsTheAgentsCgroupsAccountAndWhatTheySayWhereThereIsNone) {
  MachineReading before, after;
  before.load = measure::CpuReading{.total_us = 100, .user_us = {}, .system_us = {}, .source = "cgroup2"};
  after.load = measure::CpuReading{.total_us = 350, .user_us = {}, .system_us = {}, .source = "cgroup2"};
  before.harness_ns = 1000;
  after.harness_ns = 6000;
  const OwnCpuUse own = own_cpu_use(before, after, 70, 200);
  EXPECT_EQ(own.load_us, 250);
  EXPECT_EQ(own.harness_us, 5);
  EXPECT_EQ(own.subject_us, 70);
  after.load.reset();
  EXPECT_EQ(own_cpu_use(before, after, 70, 200).load_us, 200);
}

TEST(Frequency, IsTheMeanOfTheCpusAskedFor) {
  const std::string_view cpuinfo =
      "processor\t: 0\nmodel name\t: X\ncpu MHz\t\t: 2000.000\n\nprocessor\t: 1\ncpu MHz\t\t: 3000.500\n\nprocessor\t: "
      "2\ncpu MHz\t\t: 9.0\n";
  EXPECT_EQ(measure::frequency_mhz(cpuinfo, {0, 1}), 2500.25);
  EXPECT_EQ(measure::frequency_mhz(cpuinfo, {1}), 3000.5);
  EXPECT_FALSE(measure::frequency_mhz(cpuinfo, {1, 7})) << "a CPU that is not there";
  EXPECT_FALSE(measure::frequency_mhz("processor : 0\n", {0})) << "processors that do not say";
  EXPECT_FALSE(measure::frequency_mhz(cpuinfo, {}));
}

}  // namespace
}  // namespace bakeoff::experiment

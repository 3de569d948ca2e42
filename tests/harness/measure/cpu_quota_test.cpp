// CPU quotas, with the cgroup files of machines that this one is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "harness/measure/cpu_quota.h"
#include "harness/measure/machine.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class Quota : public testing::Test {
 protected:
  void put(const fs::path& file, const std::string& text) {
    const auto path = root_ / file.relative_path();
    fs::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  /// A v2 cgroup below /cg.
  void put_v2(const fs::path& cgroup, const std::string& max, const std::string& stat = "") {
    const fs::path folder = fs::path("/cg") / cgroup;
    put(folder / "cgroup.procs", "");
    put(folder / "cgroup.controllers", "cpuset cpu memory\n");
    put(folder / "cpu.max", max);
    put(folder / "cpu.stat", stat);
  }
  QuotaChain chain(const std::string& mountinfo, const std::string& cgroup) const {
    return quota_chain(root_, mountinfo, cgroup);
  }

  const subjects::ScratchFolder scratch_;
  const fs::path root_ = scratch_.path();
  const std::string v2_ = "9 8 0:5 / /cg rw - cgroup2 cgroup rw\n";
};

TEST_F(Quota, IsReadFromTheProcesssOwnCgroupUpToTheRootOfV2) {
  put_v2("outer", "150000 100000\n");
  put_v2("outer/inner", "max 100000\n");
  put("/cg/cgroup.procs", "");  // The root has neither.
  const auto found = chain(v2_, "0::/outer/inner\n");
  EXPECT_TRUE(found.visible);
  EXPECT_THAT(found.cgroups, ElementsAre(root_ / "cg/outer/inner", root_ / "cg/outer"));
  EXPECT_EQ(tightest_quota(found), 1.5);
}

TEST_F(Quota, OfAContainerIsThatOfTheRootWhichItSees) {
  put_v2("", "40000 100000\n", "usage_usec 5\nnr_periods 63\nnr_throttled 62\nthrottled_usec 3700000\n");
  const auto found = chain("9 8 0:5 / /cg ro - cgroup2 cgroup rw,nsdelegate\n", "0::/\n");
  ASSERT_THAT(found.cgroups, ElementsAre(root_ / "cg"));
  const auto reading = read_quota(found.cgroups.front());
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->cpus, 0.4);
  EXPECT_EQ(reading->periods, 63U);
  EXPECT_EQ(reading->throttled_periods, 62U);
  EXPECT_EQ(reading->throttled_us, 3'700'000);
}

TEST_F(Quota, OfV1IsInTheHierarchyOfTheCpuControllerAndItsTimeInNanoseconds) {
  for (const char* folder : {"/cg/cpu", "/cg/cpu/jobs"}) {
    put(fs::path(folder) / "cgroup.procs", "");
    put(fs::path(folder) / "cpu.cfs_period_us", "50000\n");
    put(fs::path(folder) / "cpu.cfs_quota_us", "-1\n");
    put(fs::path(folder) / "cpu.stat", "nr_periods 0\nnr_throttled 0\nthrottled_time 0\n");
  }
  put("/cg/cpu/jobs/cpu.cfs_quota_us", "75000\n");
  put("/cg/cpu/jobs/cpu.stat", "nr_periods 9\nnr_throttled 4\nthrottled_time 2500000\nnr_bursts 0\n");
  const auto found = chain("7 8 0:4 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n", "2:cpu,cpuacct:/jobs\n0::/\n");
  EXPECT_TRUE(found.visible);
  ASSERT_THAT(found.cgroups, ElementsAre(root_ / "cg/cpu/jobs", root_ / "cg/cpu"));
  EXPECT_EQ(tightest_quota(found), 1.5);
  EXPECT_EQ(read_quota(found.cgroups.front())->throttled_us, 2500);
  EXPECT_EQ(read_quota(found.cgroups.back())->cpus, std::nullopt);
}

TEST_F(Quota, CannotBeSeenWhereNoHierarchyWithTheControllerIsMounted) {
  put("/cg/cgroup.procs", "");
  put("/cg/cgroup.controllers", "pids\n");
  for (const std::string& mounts : {std::string(), v2_}) {
    const auto found = chain(mounts, "3:cpu:/a\n0::/\n");
    EXPECT_FALSE(found.visible);
    EXPECT_THAT(found.cgroups, IsEmpty());
    EXPECT_EQ(tightest_quota(found), std::nullopt);
  }
  EXPECT_EQ(read_quota(root_ / "cg/none"), std::nullopt);
}

TEST_F(Quota, IsAFactOfTheMachineAndUnknownIsNotNone) {
  put("/proc/self/mountinfo", v2_);
  put("/proc/self/cgroup", "0::/box\n");
  put_v2("box", "40000 100000\n");
  auto facts = read_machine_facts_below(root_);
  EXPECT_EQ(facts.limits.cgroup_cpus_max, 0.4);
  EXPECT_THAT(facts.could_not_read, Not(Contains("limits.cgroup_cpus_max")));
  put_v2("box", "max 100000\n");
  facts = read_machine_facts_below(root_);
  EXPECT_EQ(facts.limits.cgroup_cpus_max, std::nullopt);
  EXPECT_THAT(facts.could_not_read, Not(Contains("limits.cgroup_cpus_max")));
  put("/proc/self/mountinfo", "");
  EXPECT_THAT(read_machine_facts_below(root_).could_not_read, Contains("limits.cgroup_cpus_max"));
}

// --- the difference of two readings ----------------------------------------------------------------------------------

using Readings = std::vector<std::optional<QuotaReading>>;

QuotaReading reading(std::optional<double> cpus, std::uint64_t periods, std::uint64_t throttled, double us) {
  return {.cpus = cpus, .periods = periods, .throttled_periods = throttled, .throttled_us = us};
}

TEST(QuotaBetween, TellsWhatTheOneDidThatHeldUpLongest) {
  const Readings before{reading({}, 0, 0, 0), reading(2, 100, 0, 50), reading(0.4, 10, 10, 1000)};
  const Readings after{reading({}, 0, 0, 0), reading(2, 110, 9, 9050), reading(0.4, 73, 11, 1500)};
  const auto found = quota_between(before, after);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cpus, 0.4) << "the tightest, whichever held up";
  EXPECT_EQ(found->periods, 10U);
  EXPECT_EQ(found->throttled_periods, 9U);
  EXPECT_EQ(found->throttled_us, 9000);
}

TEST(QuotaBetween, GivesThePeriodsOfTheTightestWhereNoneHeldUp) {
  const Readings before{reading(2, 0, 0, 0), reading(0.5, 5, 0, 0)}, after{reading(2, 3, 0, 0), reading(0.5, 15, 0, 0)};
  const auto found = quota_between(before, after);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->periods, 10U);
  EXPECT_EQ(found->throttled_us, 0);
}

TEST(QuotaBetween, IsAbsentWithoutAQuotaAndWhereACgroupWasGone) {
  EXPECT_FALSE(quota_between({}, {}));
  const Readings none{reading({}, 0, 0, 0)}, gone{std::nullopt}, some{reading(1, 0, 0, 0)};
  EXPECT_FALSE(quota_between(none, none));
  EXPECT_FALSE(quota_between(some, gone));
}

TEST(QuotaBetween, CountsAQuotaThatWasSetOrLiftedMeanwhile) {
  const Readings none{reading({}, 0, 0, 0)}, set{reading(0.5, 3, 2, 700)};
  ASSERT_TRUE(quota_between(none, set));
  EXPECT_EQ(quota_between(none, set)->throttled_us, 700);
  ASSERT_TRUE(quota_between(set, none)) << "as of a cgroup that was made anew";
  EXPECT_EQ(quota_between(set, none)->throttled_us, 0);
}

}  // namespace
}  // namespace bakeoff::measure

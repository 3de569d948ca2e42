// Measuring from the outside: against known work, and with texts of machines that this one is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/measure/cgroup.h"
#include "harness/measure/cpu_sets.h"
#include "harness/measure/cpu_time.h"
#include "harness/measure/process_tree.h"
#include "harness/measure/tree_memory.h"
#include "harness/subjects/process.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string unique_name(const char* what) {
  return "bakeoff-test-" + std::to_string(::getpid()) + "-" + what;
}

double us_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

// A shell that spins for a known number of turns and ends; its rusage is the truth to compare with.
subjects::Command spinner(const Cgroup& cgroup) {
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"};
  command.join = cgroup.join_files();
  command.cpus = {allowed_cpus().front()};
  return command;
}

// --- cgroup ----------------------------------------------------------------------------------------------------------

constexpr std::string_view kHybridMounts =
    "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:1 - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr std::string_view kHybridSelf = "4:cpu,cpuacct:/jobs/one\n1:name=systemd:/\n0::/user.slice/a\n";

TEST(CgroupPaths, AreFoundInEachHierarchyOfAHybridHost) {
  EXPECT_EQ(own_cgroup_directory(kHybridMounts, kHybridSelf, ""), "/sys/fs/cgroup/unified/user.slice/a");
  EXPECT_EQ(own_cgroup_directory(kHybridMounts, kHybridSelf, "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct/jobs/one");
  EXPECT_EQ(root_cgroup_directory(kHybridMounts, "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct");
  EXPECT_EQ(own_cgroup_directory(kHybridMounts, kHybridSelf, "memory"), std::nullopt);
}

TEST(CgroupPaths, FollowAMountThatShowsAPartOfTheTree) {
  const std::string mounts = "9 8 0:5 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate\n";
  EXPECT_EQ(own_cgroup_directory(mounts, "0::/docker/abc/x\n", ""), "/sys/fs/cgroup/x");
  EXPECT_EQ(own_cgroup_directory(mounts, "0::/docker/abc\n", ""), "/sys/fs/cgroup");
  EXPECT_EQ(own_cgroup_directory(mounts, "0::/docker/abcdef\n", ""), std::nullopt);
  EXPECT_EQ(own_cgroup_directory(mounts, "0::/../other\n", ""), std::nullopt);
  EXPECT_EQ(root_cgroup_directory(mounts, ""), std::nullopt);
}

TEST(CgroupPaths, UnescapeSpacesAndSurviveNonsense) {
  EXPECT_EQ(own_cgroup_directory("9 8 0:5 / /mnt/c\\040d rw - cgroup2 none rw\n", "0::/\n", ""), "/mnt/c d");
  EXPECT_EQ(own_cgroup_directory("", "", ""), std::nullopt);
  EXPECT_EQ(own_cgroup_directory("9 8\n\n-\n", "0:\n::\n", ""), std::nullopt);
}

class CgroupOfATrial : public testing::Test {
 protected:
  void SetUp() override {
    cgroup_ = Cgroup::create(unique_name("trial"));
    if (!cgroup_.present()) GTEST_SKIP() << "no cgroup may be made here";
  }
  Cgroup cgroup_;
};

TEST_F(CgroupOfATrial, CountsTheExactCpuTimeOfAChildThatHasEnded) {
  auto child = subjects::Process::start(spinner(cgroup_));
  const auto ended = child.wait(20s);
  ASSERT_TRUE(ended && ended->exited);
  const auto truth = us_of(ended->usage.ru_utime) + us_of(ended->usage.ru_stime);
  const auto reading = cgroup_.read_cpu();
  ASSERT_TRUE(reading);
  // The cgroup misses the fork before the join and sees the exit after the last accounting: about 1 ms in all.
  EXPECT_NEAR(reading->total_us, truth, 0.02 * truth + 5000);
  EXPECT_GT(truth, 10'000);
}

TEST_F(CgroupOfATrial, KillsAProcessThatHasMadeItselfASession) {
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "setsid sleep 600 & echo started; wait"};
  command.join = cgroup_.join_files();
  auto child = subjects::Process::start(command);
  ASSERT_TRUE(child.read_line(5s));
  EXPECT_THAT(cgroup_.processes(), Contains(child.pid()));
  EXPECT_TRUE(cgroup_.kill_all());
  EXPECT_TRUE(child.wait(5s));
  EXPECT_EQ(measure_size(cgroup_.processes()).processes, 0U);
}

TEST_F(CgroupOfATrial, IsRemovedWithWhatIsInItAndLeavesNoDirectory) {
  const auto directory = cgroup_.directory();
  subjects::Command command;
  command.argv = {"sleep", "600"};
  command.join = cgroup_.join_files();
  auto child = subjects::Process::start(command);
  // Reaped while the destructor waits: a zombie keeps the directory busy.
  std::thread reaper([&] { child.wait(5s); });
  cgroup_ = Cgroup{};
  reaper.join();
  EXPECT_FALSE(fs::exists(directory));
}

TEST(Cgroup, ThatCannotBeMadeIsAbsentAndDoesNothing) {
  auto cgroup = Cgroup::create("no/such/parent");
  EXPECT_FALSE(cgroup.present());
  EXPECT_THAT(cgroup.join_files(), IsEmpty());
  EXPECT_THAT(cgroup.processes(), IsEmpty());
  EXPECT_EQ(cgroup.read_cpu().has_value(), false);
  EXPECT_TRUE(cgroup.kill_all());
}

// --- processes -------------------------------------------------------------------------------------------------------

TEST(ProcessTree, SumsTheSwitchesOfEveryThread) {
  const auto before = measure_use({::getpid()});
  std::vector<std::thread> threads;
  std::atomic<int> slept{0};
  std::atomic<bool> over{false};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) ::usleep(100);
      slept.fetch_add(1);
      while (!over.load()) ::usleep(1000);
    });
  }
  while (slept.load() < 4) ::usleep(1000);
  const auto after = measure_use({::getpid()});
  over.store(true);
  for (auto& thread : threads) thread.join();
  const auto used = difference(before, after);
  EXPECT_EQ(used.tasks_started, 4U);
  EXPECT_EQ(used.tasks_ended, 0U);
  EXPECT_GE(used.voluntary, 200U);
}

TEST(ProcessTree, SkipsPidsThatHaveVanished) {
  subjects::Command command;
  command.argv = {"true"};
  auto child = subjects::Process::start(command);
  const auto pid = child.pid();
  child.wait(5s);
  EXPECT_EQ(measure_size({pid}).processes, 0U);
  EXPECT_THAT(measure_use({pid}).tasks, IsEmpty());
  EXPECT_EQ(measure_memory({pid}).has_value(), false);
  EXPECT_THAT(descendants(pid), IsEmpty());
}

TEST(ProcessTree, FindsGrandchildrenAndTheirMemory) {
  subjects::Command command;
  command.argv = {"/bin/sh", "-c", "sleep 600 & echo $!; wait"};
  auto child = subjects::Process::start(command);
  const auto line = child.read_line(5s);
  ASSERT_TRUE(line);
  const auto grandchild = std::stoi(*line);
  const auto tree = descendants(child.pid());
  EXPECT_THAT(tree, UnorderedElementsAre(child.pid(), grandchild));
  const auto size = measure_size(tree);
  EXPECT_EQ(size.processes, 2U);
  EXPECT_EQ(size.threads, 2U);
  const auto memory = measure_memory(tree);
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->pss_kib, memory->file_kib) << "a process has pages of its own";
  EXPECT_GT(memory->file_kib, 0U);
  EXPECT_LE(memory->pss_kib, size.rss_kib + 4096);
  child.stop(SIGKILL);
}

TEST(ProcessTreeDifference, CountsNewThreadsFromTheirBirthAndSaysHowManyEnded) {
  TreeUse before, after;
  before.tasks = {{1, {10, 1, 1000}}, {2, {5, 5, 5000}}, {3, {9, 9, 9000}}};
  after.tasks = {{1, {14, 3, 3000}}, {3, {1, 1, 500}}, {4, {2, 0, 1500}}};  // 2 has ended; 3 is a new one.
  before.processes = {{1, {100, 2}}};
  after.processes = {{1, {130, 2}}, {4, {7, 1}}};
  const auto used = difference(before, after);
  EXPECT_EQ(used.voluntary, 4U + 1U + 2U);
  EXPECT_EQ(used.involuntary, 2U + 1U);
  EXPECT_EQ(used.cpu_us, 4.0);
  EXPECT_EQ(used.tasks_ended, 2U);
  EXPECT_EQ(used.tasks_started, 2U);
  EXPECT_EQ(used.minor_faults, 37U);
  EXPECT_EQ(used.major_faults, 1U);
}

TEST(ProcessTreeDifference, LeavesCpuTimeOutWhereOneTaskHasNone) {
  TreeUse after;
  after.tasks = {{1, {1, 1, 1000}}, {2, {1, 1, std::nullopt}}};
  EXPECT_EQ(difference({}, after).cpu_us, std::nullopt);
}

// --- CPU time --------------------------------------------------------------------------------------------------------

CpuTimes times(std::int64_t at_ms, const std::map<int, std::int64_t>& busy_ms,
               const std::map<int, std::int64_t>& steal_ms = {}) {
  CpuTimes made{.at_ns = at_ms * 1'000'000, .source = "cpuacct", .busy_ns = {}, .steal_ns = {}};
  for (const auto& [cpu, ms] : busy_ms) made.busy_ns[cpu] = ms * 1'000'000;
  for (const auto& [cpu, ms] : steal_ms) made.steal_ns[cpu] = ms * 1'000'000;
  return made;
}

TEST(ForeignShare, IsWhatOthersTookOfTheWallTimeOfTheseCpus) {
  const auto before = times(1000, {{0, 100}, {1, 200}, {2, 0}});
  const auto after = times(2000, {{0, 900}, {1, 700}, {2, 999}});
  EXPECT_NEAR(*foreign_cpu_share(before, after, {0}, 700'000), 0.1, 1e-9);
  EXPECT_NEAR(*foreign_cpu_share(before, after, {0, 1}, 1'000'000), 0.15, 1e-9);
}

TEST(ForeignShare, IsNeverBelowZero) {
  EXPECT_EQ(foreign_cpu_share(times(0, {{0, 0}}), times(1000, {{0, 500}}), {0}, 504'000), 0.0);
}

TEST(ForeignShare, IsAbsentWhenItCannotBeKnown) {
  const auto before = times(0, {{0, 0}});
  const auto after = times(1000, {{0, 500}});
  auto other = after;
  other.source = "proc-stat";
  EXPECT_EQ(foreign_cpu_share(before, other, {0}, 0), std::nullopt);
  EXPECT_EQ(foreign_cpu_share(before, after, {3}, 0), std::nullopt);
  EXPECT_EQ(foreign_cpu_share(before, after, {}, 0), std::nullopt);
  EXPECT_EQ(foreign_cpu_share(after, after, {0}, 0), std::nullopt);
  EXPECT_EQ(foreign_cpu_share({}, {}, {0}, 0), std::nullopt);
}

TEST(StealShare, IsTakenFromTheCpusAskedFor) {
  const auto before = times(0, {}, {{0, 10}, {1, 0}});
  const auto after = times(1000, {}, {{0, 60}, {1, 900}});
  EXPECT_NEAR(*steal_share(before, after, {0}), 0.05, 1e-9);
  EXPECT_NEAR(*steal_share(before, after, {0, 1}), 0.475, 1e-9);
  EXPECT_EQ(steal_share(before, after, {2}), std::nullopt);
}

TEST(CpuTimeTexts, AreReadByColumn) {
  EXPECT_THAT(parse_usage_percpu("13073999131 21868322574 \n"),
              ElementsAre(std::pair{0, 13073999131}, std::pair{1, 21868322574}));
  EXPECT_THAT(parse_usage_percpu(""), IsEmpty());
  const auto cpus = parse_proc_stat("cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 1 2 3 4 5 6 7 8 0 0\ncpu12 9 0 0 0\nintr 5 0\n");
  ASSERT_EQ(cpus.size(), 2U);
  EXPECT_EQ(cpus.at(1).system, 3);
  EXPECT_EQ(cpus.at(1).idle, 4);
  EXPECT_EQ(cpus.at(1).softirq, 7);
  EXPECT_EQ(cpus.at(1).steal, 8);
  EXPECT_EQ(cpus.at(12).user, 9);
  EXPECT_EQ(cpus.at(12).steal, 0);
}

TEST(CpuTimes, GrowByWhatAPinnedChildUses) {
  const auto cpu = allowed_cpus().front();
  const auto before = read_cpu_times();
  auto child = subjects::Process::start(spinner(Cgroup{}));
  const auto ended = child.wait(20s);
  const auto after = read_cpu_times();
  ASSERT_TRUE(ended);
  ASSERT_EQ(before.source, after.source);
  const auto used_us = us_of(ended->usage.ru_utime) + us_of(ended->usage.ru_stime);
  const auto busy_us = static_cast<double>(after.busy_ns.at(cpu) - before.busy_ns.at(cpu)) / 1000;
  // Others may use the CPU too, so there is no upper bound; the slack is two ticks of /proc/stat.
  EXPECT_GE(busy_us, used_us - 20'000);
  EXPECT_LE(busy_us, static_cast<double>(after.at_ns - before.at_ns) / 1000 + 20'000);
  EXPECT_TRUE(foreign_cpu_share(before, after, {cpu}, used_us));
}

}  // namespace
}  // namespace bakeoff::measure

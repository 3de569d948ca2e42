// The doctor's readers, with files of machines that this one is not.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/doctor/read_facts.h"
#include "harness/doctor/read_pace.h"
#include "harness/doctor/read_programs.h"
#include "harness/doctor/read_watch.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::doctor {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class DoctorReads : public testing::Test {
 protected:
  const fs::path& root() const { return folder_.path(); }
  fs::path put(const fs::path& file, const std::string& text) {
    auto path = root() / file.relative_path();
    fs::create_directories(path.parent_path());
    std::ofstream{path} << text;
    return path;
  }
  void put_process(int pid, const std::string& name, std::uint64_t flags, int ticks, int started) {
    put("/proc/" + std::to_string(pid) + "/stat", std::to_string(pid) + " (" + name + ") S 1 1 1 0 -1 " +
                                                      std::to_string(flags) + " 0 0 0 0 " + std::to_string(ticks) +
                                                      " 0 0 0 20 0 1 0 " + std::to_string(started) + " 0 0\n");
  }

 private:
  subjects::ScratchFolder folder_;
};

TEST_F(DoctorReads, NothingOfAnEmptyRootAndGuessesNothing) {
  const auto facts = read_doctor_facts_below(root());
  EXPECT_EQ(facts.isolated, std::nullopt);
  EXPECT_EQ(facts.autogroup, std::nullopt);
  EXPECT_EQ(facts.perf_event_paranoid, std::nullopt);
  EXPECT_EQ(facts.hardware_counters, std::nullopt);
  EXPECT_EQ(facts.timer_slack_ns, std::nullopt);
  EXPECT_EQ(facts.io_uring_disabled, std::nullopt);
  EXPECT_EQ(facts.cgroup.layout, "");
  EXPECT_FALSE(facts.may_raise_limits || facts.apt || facts.systemd || facts.intel_pstate);
  EXPECT_THAT(facts.damon, IsEmpty());
}

TEST(DoctorPace, IsTheCpuTimeBeyondWhatMostPiecesTake) {
  std::vector<std::uint64_t> pieces(99, 300'000);
  EXPECT_EQ(pace_of(pieces).lost_share, 0.0);
  pieces.push_back(9'000'000);
  const PaceFacts pace = pace_of(pieces);
  EXPECT_DOUBLE_EQ(pace.median_us, 300);
  EXPECT_DOUBLE_EQ(pace.longest_us, 9000);
  EXPECT_NEAR(pace.lost_share.value(), 8.55 / 38.7, 1e-9);
  EXPECT_EQ(pace_of({}).lost_share, std::nullopt);
}

TEST(DoctorPace, IsReadFromWorkOfAboutASecond) {
  const std::vector<std::uint64_t> pieces = work_in_pieces();
  EXPECT_GT(pieces.size(), 10U);
  EXPECT_GT(pace_of(pieces).median_us, 0);
}

TEST_F(DoctorReads, WhatTheKernelSaysOfItself) {
  put("/sys/devices/system/cpu/isolated", "2-3\n");
  put("/sys/devices/system/cpu/nohz_full", "(null)\n");
  put("/sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
  put("/proc/sys/kernel/sched_autogroup_enabled", "1\n");
  put("/proc/sys/kernel/perf_event_paranoid", "-1\n");
  put("/proc/sys/kernel/io_uring_disabled", "2\n");
  put("/proc/sys/net/core/somaxconn", "128\n");
  put("/proc/self/timerslack_ns", "50000\n");
  put("/proc/self/status", "Name:\tx\nCapEff:\t0000000001000000\n");
  put("/sys/bus/event_source/devices/software/type", "1\n");
  put("/usr/bin/apt-get", "");
  fs::create_directories(root() / "run/systemd/system");
  const auto facts = read_doctor_facts_below(root());
  ASSERT_TRUE(facts.isolated && facts.nohz_full);
  EXPECT_THAT(*facts.isolated, ElementsAre(2, 3));
  EXPECT_THAT(*facts.nohz_full, IsEmpty());
  EXPECT_EQ(facts.autogroup, true);
  EXPECT_EQ(facts.perf_event_paranoid, -1);
  EXPECT_EQ(facts.io_uring_disabled, 2);
  EXPECT_EQ(facts.machine.limits.somaxconn, 128U);
  EXPECT_EQ(facts.timer_slack_ns, 50'000U);
  EXPECT_EQ(facts.hardware_counters, false);
  EXPECT_TRUE(facts.may_raise_limits && facts.apt && facts.systemd && facts.intel_pstate);
  put("/sys/bus/event_source/devices/cpu_core/type", "4\n");
  put("/proc/self/status", "Name:\tx\nCapEff:\t000001fffeffffff\n");
  EXPECT_EQ(read_doctor_facts_below(root()).hardware_counters, true);
  EXPECT_FALSE(read_doctor_facts_below(root()).may_raise_limits);
}

TEST_F(DoctorReads, WhichCgroupsAreMounted) {
  put("/proc/self/cgroup", "4:memory:/a\n0::/\n");
  put("/proc/self/mountinfo", "9 8 0:5 / /cg rw - cgroup2 cgroup rw\n");
  EXPECT_EQ(read_doctor_facts_below(root()).cgroup.layout, "v2");
  put("/proc/self/mountinfo", "9 8 0:5 / /cg rw - cgroup2 cgroup rw\n10 8 0:6 / /m rw - cgroup cgroup rw,memory\n");
  EXPECT_EQ(read_doctor_facts_below(root()).cgroup.layout, "v1 and v2");
}

TEST_F(DoctorReads, WhatKeepsTheMemoryMonitorOn) {
  put("/sys/module/damon_reclaim/parameters/enabled", "Y\n");
  put("/sys/module/damon_stat/parameters/enabled", "N\n");
  put("/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds", "2\n");
  put("/sys/kernel/mm/damon/admin/kdamonds/0/state", "off\n");
  put("/sys/kernel/mm/damon/admin/kdamonds/1/state", "on\n");
  const auto damon = read_doctor_facts_below(root()).damon;
  ASSERT_THAT(damon, SizeIs(2));
  EXPECT_EQ(damon[0].file + "=" + damon[0].off, "/sys/module/damon_reclaim/parameters/enabled=N");
  EXPECT_EQ(damon[1].file + "=" + damon[1].off, "/sys/kernel/mm/damon/admin/kdamonds/1/state=off");
}

TEST_F(DoctorReads, ProgramsThatMayBeExecuted) {
  const auto server = put("/sbin/nginx", "");
  fs::create_directories(root() / "bin/nginx");  // A folder is not a program,
  put("/bin/wrk", "");                           // nor is what may not be executed.
  ASSERT_EQ(::chmod(server.c_str(), 0755), 0);
  const std::vector<fs::path> folders{root() / "none", root() / "bin", root() / "sbin"};
  const auto found = find_programs({{{"nginx", "nginx-light"}, "x", true}, {{"wrk", "wrk"}, "y"}}, folders);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].path, server);
  EXPECT_EQ(found[0].need.package, "nginx-light");
  EXPECT_EQ(found[1].path, "");
}

TEST_F(DoctorReads, ProcessesWithTheTimeOfAllTheirThreads) {
  put_process(77, "kdamond.0", 0x20'8040, 5, 100);
  put_process(14, "ksoftirqd/0", 0x420'8040, 5, 100);
  put_process(300, "a) b (c", 0x40'0100, 5, 900);
  put("/proc/300/task/300/schedstat", "1000 5 2\n");
  put("/proc/300/task/301/schedstat", "30000 5 2\n");
  put("/proc/loadavg", "0.1\n");
  put("/proc/400/stat", "gone");
  const auto processes = read_processes_below(root());
  ASSERT_THAT(processes, SizeIs(3));
  EXPECT_TRUE(processes.at(77).kernel_thread);
  EXPECT_FALSE(processes.at(77).bound);
  EXPECT_TRUE(processes.at(14).bound);
  EXPECT_EQ(processes.at(300).name, "a) b (c");
  EXPECT_EQ(processes.at(300).cpu_ns, 31'000U);
  EXPECT_EQ(processes.at(300).started, 900U);
  EXPECT_FALSE(processes.at(300).kernel_thread);
  EXPECT_GT(processes.at(77).cpu_ns, 0U) << "by the tick, without schedstat";
}

TEST(DoctorWatch, NamesTheBusiestFirstAndLeavesOutItselfAndWhatHasEnded) {
  const auto process = [](const char* name, std::uint64_t started, std::uint64_t cpu_ns) {
    return ProcessReading{.name = name, .started = started, .cpu_ns = cpu_ns};
  };
  const std::map<pid_t, ProcessReading> before = {{1, process("init", 1, 500)},
                                                  {2, process("some", 1, 0)},
                                                  {3, process("much", 1, 0)},
                                                  {4, process("self", 1, 0)},
                                                  {5, process("earlier", 1, 9'000'000)},
                                                  {6, process("threads-end", 1, 99)},
                                                  {7, process("gone", 1, 99)}};
  const std::map<pid_t, ProcessReading> after = {
      {1, process("init", 1, 500)},         {2, process("some", 1, 20'000'000)},  {3, process("much", 1, 400'000'000)},
      {4, process("self", 1, 300'000'000)}, {5, process("later", 2, 10'000'000)}, {6, process("threads-end", 1, 98)},
      {8, process("new", 3, 5'000'000)}};
  const auto busy = busiest(before, after, 0.5, 4);
  ASSERT_THAT(busy, SizeIs(4));
  EXPECT_EQ(busy[0].name, "much");
  EXPECT_DOUBLE_EQ(busy[0].cpu_share, 0.8);
  EXPECT_EQ(busy[1].pid, 2);
  EXPECT_DOUBLE_EQ(busy[1].cpu_share, 0.04);
  EXPECT_EQ(busy[2].name, "later") << "another process under the number of one that has ended";
  EXPECT_DOUBLE_EQ(busy[2].cpu_share, 0.02);
  EXPECT_EQ(busy[3].name, "new");
  EXPECT_THAT(busiest(before, after, 0, 4), IsEmpty());
}

TEST(DoctorWatch, WhatIsInUseLeavesOutTheDoctor) {
  const measure::CpuTimes before{.at_ns = 0, .source = "cpuacct", .busy_ns = {{0, 0}, {1, 0}}, .steal_ns = {}};
  const measure::CpuTimes after{
      .at_ns = 1'000'000, .source = "cpuacct", .busy_ns = {{0, 600'000}, {1, 0}}, .steal_ns = {}};
  EXPECT_DOUBLE_EQ(in_use(before, after, 200).value_or(-1), 0.2);
  EXPECT_EQ(in_use({}, {}, 0), std::nullopt);
}

}  // namespace
}  // namespace bakeoff::doctor

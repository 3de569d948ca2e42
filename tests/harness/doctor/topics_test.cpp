// What the doctor makes of facts, with machines that this one is not.
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/doctor/known_programs.h"
#include "harness/doctor/topics.h"
#include "tests/harness/fixtures/named_finding.h"

namespace bakeoff::doctor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A machine that has all that is wanted: a bare one, quiet, where a user may do what is needed.
DoctorFacts fine() {
  DoctorFacts facts;
  measure::MachineFacts& machine = facts.machine;
  machine.cpus = {0, 1, 2, 3};
  machine.cpus_online = 4;
  machine.governor = "performance";
  machine.turbo = false;
  machine.smt = false;
  machine.virtualised = false;
  machine.memory_kib = 16 << 20;
  machine.transparent_hugepages = "madvise";
  machine.clocksource = "tsc";
  machine.congestion_control = "cubic";
  machine.limits = {.nofile_soft = 1024,
                    .nofile_hard = 1'048'576,
                    .nproc_soft = UINT64_MAX,
                    .nproc_hard = UINT64_MAX,
                    .somaxconn = 4096,
                    .port_first = 10'240,
                    .port_last = 65'535,
                    .pid_max = 4'194'304,
                    .threads_max = 200'000,
                    .max_map_count = 262'144,
                    .cgroup_pids_max = UINT64_MAX,
                    .cgroup_memory_max = UINT64_MAX,
                    .cgroup_cpus_max = std::nullopt};
  facts.cpu_time_s = UINT64_MAX;
  facts.nice = 0;
  facts.scheduling = "other";
  facts.apt = true;
  for (const UsefulProgram& need : known_programs()) facts.programs.push_back({need, "/usr/bin/" + need.program});
  facts.models.count = 12;
  facts.isolated = std::vector<int>{};
  facts.nohz_full = std::vector<int>{};
  facts.cgroup.layout = "v2";
  facts.cgroup.of_a_trial = true;
  facts.cgroup.counts_by = "cgroup2";
  facts.cgroup.counts_memory = true;
  facts.timer_slack_ns = 50'000;
  facts.autogroup = false;
  facts.perf_event_paranoid = 1;
  facts.hardware_counters = true;
  facts.io_uring_disabled = 0;
  facts.watch.watched_s = 0.5;
  facts.watch.in_use_share = 0.001;
  facts.watch.steal_share = 0.0;
  facts.pace = {.median_us = 300, .longest_us = 310, .lost_share = 0.0};
  return facts;
}

TEST(Doctor, HasNothingToSayAgainstAMachineThatIsInOrder) {
  const auto findings = all_findings(fine());
  EXPECT_GT(findings.size(), 30U);
  for (const DoctorFinding& each : findings) {
    EXPECT_EQ(each.level, Level::good) << each.name << ": " << each.found;
    EXPECT_EQ(each.why + each.mend, "") << each.name;
    EXPECT_NE(each.found, "") << each.name;
  }
  EXPECT_THAT(installations(fine()), IsEmpty());
}

TEST(Doctor, CallsWhatCannotBeReadANoteAndNeverATrouble) {
  for (const DoctorFinding& each : all_findings({})) {
    EXPECT_NE(each.level, Level::trouble) << each.name;
    EXPECT_EQ(each.level == Level::good, each.why.empty()) << each.name;
  }
  EXPECT_EQ(test::named_finding(cpu_findings({}), "governor").found, "not visible");
  EXPECT_EQ(test::named_finding(network_findings({}), "port_range").found, "not visible");
}

TEST(Doctor, NamesEveryAreaOnceAndInOneOrder) {
  std::vector<std::string> areas;
  for (const DoctorFinding& each : all_findings(fine())) {
    if (areas.empty() || areas.back() != each.area) areas.push_back(each.area);
    EXPECT_THAT(each.name, testing::MatchesRegex("[a-z][a-z0-9_]*"));
  }
  EXPECT_THAT(areas, ElementsAre("programs", "cpu", "memory", "limits", "network", "kernel", "neighbours"));
}

TEST(DoctorPrograms, ThatAreMissingComeWithTheirPackage) {
  auto facts = fine();
  for (auto& program : facts.programs) {
    if (program.need.program == "nginx") program.path.clear();
  }
  const auto nginx = test::named_finding(program_findings(facts), "nginx");
  EXPECT_EQ(nginx.level, Level::note);
  EXPECT_EQ(nginx.mend, "sudo apt-get install -y --no-install-recommends nginx-light");
  facts.root = true;
  EXPECT_EQ(test::named_finding(program_findings(facts), "nginx").mend,
            "apt-get install -y --no-install-recommends nginx-light");
}

TEST(DoctorPrograms, AreInstalledByOneCommandForTheServersAndOneForTheRest) {
  auto facts = fine();
  facts.systemd = true;
  for (auto& program : facts.programs) program.path.clear();
  const auto both = installations(facts);
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(both[0].command, "sudo apt-get install -y --no-install-recommends apache2-bin nginx-light redis-server");
  EXPECT_EQ(both[0].stop, "sudo systemctl disable --now nginx redis-server");
  EXPECT_THAT(both[1].command, EndsWith(" apache2-utils wrk redis-tools curl linux-perf strace")) << "each once";
  EXPECT_EQ(both[1].stop, "");
  facts.systemd = false;
  EXPECT_EQ(installations(facts)[0].stop, "") << "nothing starts them";
  facts.apt = false;
  EXPECT_THAT(installations(facts)[0].purpose, HasSubstr("no apt-get"));
}

TEST(DoctorPrograms, SayWhichModelsThisBuildHasNot) {
  auto facts = fine();
  facts.models.missing = {{"io-uring", "liburing (apt install liburing-dev) when it is built"}};
  const auto findings = program_findings(facts);
  EXPECT_EQ(test::named_finding(findings, "models").found, "11 in this build");
  EXPECT_EQ(test::named_finding(findings, "model_io_uring").level, Level::note);
  EXPECT_THAT(test::named_finding(findings, "model_io_uring").why, HasSubstr("liburing-dev"));
  facts.models.could_not_ask = "bakeoff-subject: not there";
  EXPECT_EQ(test::named_finding(program_findings(facts), "models").level, Level::trouble);
}

TEST(DoctorCpu, OneCpuIsATroubleAndTwoAreANote) {
  auto facts = fine();
  facts.machine.cpus = {0};
  facts.machine.cpus_online = 1;
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "count").level, Level::trouble);
  facts.machine.cpus = {0, 1};
  facts.machine.cpus_online = 4;
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "count").level, Level::note);
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "cpuset").found, "2 of the machine's 4 CPUs may be used");
}

TEST(DoctorCpu, IsolatedCpusAreATroubleOnlyWhereBakeoffWouldUseThem) {
  auto facts = fine();
  facts.isolated = std::vector<int>{2, 3};
  const auto used = test::named_finding(cpu_findings(facts), "isolcpus");
  EXPECT_EQ(used.level, Level::trouble);
  EXPECT_EQ(used.mend, "taskset -c 0-1 ./bakeoff run ...");
  facts.machine.cpus = {0, 1};
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "isolcpus").level, Level::good);
  facts.nohz_full = std::vector<int>{1};
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "nohz_full").level, Level::note);
}

TEST(DoctorCpu, AQuotaIsATroubleUnlessTheCpusCannotUseItUp) {
  auto facts = fine();
  facts.machine.limits.cgroup_cpus_max = 0.4;
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").level, Level::trouble);
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").found, "0.4 CPUs, for 4 that may be used");
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").mend, "") << "one CPU is too few to measure on";
  facts.machine.limits.cgroup_cpus_max = 2.5;
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").mend, "taskset -c 0-1 ./bakeoff run ...");
  facts.machine.limits.cgroup_cpus_max = 4;
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").level, Level::good);
  facts.machine.limits.cgroup_cpus_max.reset();
  facts.machine.could_not_read = {"limits.cgroup_cpus_max"};
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "quota").found, "not visible");
}

TEST(DoctorCpu, WhateverMovesTheFrequencyOrSharesACoreIsANoteWithACommand) {
  auto facts = fine();
  facts.machine.governor = "powersave";
  facts.machine.turbo = true;
  facts.machine.smt = true;
  facts.machine.virtualised = true;
  facts.machine.virtualisation = "kvm";
  const auto findings = cpu_findings(facts);
  EXPECT_THAT(test::named_finding(findings, "governor").mend, HasSubstr("echo performance | sudo tee /sys/"));
  EXPECT_THAT(test::named_finding(findings, "turbo").mend,
              HasSubstr("echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost"));
  EXPECT_THAT(test::named_finding(findings, "smt").mend, HasSubstr("smt/control"));
  facts.machine.cpus = {0, 1};
  EXPECT_EQ(test::named_finding(cpu_findings(facts), "smt").mend, "") << "one CPU would be left, which is a trouble";
  EXPECT_EQ(test::named_finding(findings, "virtualised").found, "kvm");
  EXPECT_EQ(test::named_finding(findings, "virtualised").mend, "");
  facts.intel_pstate = true;
  EXPECT_THAT(test::named_finding(cpu_findings(facts), "turbo").mend, HasSubstr("echo 1 | sudo tee"));
}

TEST(DoctorMemory, NotesHugePagesFewMapsAndLimitsBelowTheMachines) {
  auto facts = fine();
  facts.machine.memory_kib = 2 << 20;
  facts.machine.transparent_hugepages = "always";
  facts.machine.limits.max_map_count = 65'530;
  facts.machine.limits.cgroup_memory_max = 1ULL << 30;
  for (const DoctorFinding& each : memory_findings(facts)) EXPECT_EQ(each.level, Level::note) << each.name;
  EXPECT_EQ(test::named_finding(memory_findings(facts), "cgroup_limit").found, "1.0 GiB");
  EXPECT_EQ(test::named_finding(memory_findings(facts), "max_map_count").mend,
            "sudo sysctl -w vm.max_map_count=262144");
}

TEST(DoctorLimits, DescriptorsAreJudgedByTheCrowdThatFits) {
  auto facts = fine();
  facts.machine.limits.nofile_hard = 20'000;
  auto files = test::named_finding(limit_findings(facts), "nofile");
  EXPECT_EQ(files.level, Level::note);
  EXPECT_THAT(files.found, HasSubstr("20,000"));
  EXPECT_THAT(files.why, AllOf(HasSubstr("100,000 connections"), HasSubstr("limits.conf")));
  EXPECT_THAT(files.mend, HasSubstr("sudo prlimit"));
  facts.root = true;
  files = test::named_finding(limit_findings(facts), "nofile");
  EXPECT_EQ(files.mend, "") << "a root without the capability cannot";
  EXPECT_THAT(files.why, HasSubstr("--ulimit nofile="));
  facts.may_raise_limits = true;
  EXPECT_EQ(test::named_finding(limit_findings(facts), "nofile").mend, "ulimit -Hn 1048576");
  facts.machine.limits.nofile_hard = 4096;
  EXPECT_THAT(test::named_finding(limit_findings(facts), "nofile").why, HasSubstr("10,000 connections"));
  facts.machine.limits.nofile_hard = 1024;
  EXPECT_EQ(test::named_finding(limit_findings(facts), "nofile").level, Level::trouble);
}

TEST(DoctorLimits, FewTasksAreNotesAndDoNotBindRoot) {
  auto facts = fine();
  facts.systemd = true;
  facts.machine.limits.nproc_soft = 4096;
  facts.machine.limits.pid_max = 32'768;
  facts.machine.limits.threads_max = 30'000;
  facts.machine.limits.cgroup_pids_max = 2048;
  const auto findings = limit_findings(facts);
  EXPECT_EQ(test::named_finding(findings, "nproc").mend, "ulimit -Su unlimited");
  EXPECT_EQ(test::named_finding(findings, "pid_max").mend, "sudo sysctl -w kernel.pid_max=131072");
  EXPECT_EQ(test::named_finding(findings, "threads_max").level, Level::note);
  EXPECT_THAT(test::named_finding(findings, "cgroup_pids").mend, HasSubstr("TasksMax=infinity"));
  facts.root = true;
  EXPECT_EQ(test::named_finding(limit_findings(facts), "nproc").level, Level::good);
}

TEST(DoctorNetwork, AShortQueueIsATroubleFewPortsAndBbrAreNotes) {
  auto facts = fine();
  facts.machine.limits.somaxconn = 128;
  facts.machine.limits.port_first = 32'768;
  facts.machine.limits.port_last = 60'999;
  facts.machine.congestion_control = "bbr";
  const auto findings = network_findings(facts);
  EXPECT_EQ(test::named_finding(findings, "somaxconn").level, Level::trouble);
  EXPECT_EQ(test::named_finding(findings, "somaxconn").mend, "sudo sysctl -w net.core.somaxconn=4096");
  EXPECT_EQ(test::named_finding(findings, "port_range").level, Level::note);
  EXPECT_EQ(test::named_finding(findings, "port_range").found, "28,232 ports, 32768 to 60999");
  EXPECT_EQ(test::named_finding(findings, "port_range").mend,
            "sudo sysctl -w net.ipv4.ip_local_port_range='10240 65535'");
  EXPECT_THAT(test::named_finding(findings, "congestion_control").mend, HasSubstr("=cubic"));
}

TEST(DoctorKernel, SaysWhatIsMissingWithoutACgroupAndHowToGetOne) {
  auto facts = fine();
  facts.cgroup = {};
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "cgroup_of_a_trial").mend, "sudo ./bakeoff run ...");
  facts.systemd = true;
  EXPECT_THAT(test::named_finding(kernel_findings(facts), "cgroup_of_a_trial").mend, HasSubstr("Delegate=yes"));
  facts.root = true;
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "cgroup_of_a_trial").mend, "");
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "memory_cgroup").level, Level::note);
}

TEST(DoctorKernel, NotesWhatChangesSchedulingAndWhatHidesEvents) {
  auto facts = fine();
  facts.autogroup = true;
  facts.timer_slack_ns = 40'000'000;
  facts.machine.clocksource = "hpet";
  facts.perf_event_paranoid = 2;
  facts.hardware_counters = false;
  facts.io_uring_disabled = 1;
  const auto findings = kernel_findings(facts);
  EXPECT_THAT(test::named_finding(findings, "sched_autogroup").mend, HasSubstr("sched_autogroup_enabled=0"));
  EXPECT_EQ(test::named_finding(findings, "timer_slack").found, "40000 us");
  EXPECT_EQ(test::named_finding(findings, "clocksource").level, Level::trouble);
  EXPECT_EQ(test::named_finding(findings, "perf_events").level, Level::note);
  EXPECT_EQ(test::named_finding(findings, "hardware_counters").level, Level::note);
  EXPECT_EQ(test::named_finding(findings, "io_uring").level, Level::note);
  facts.root = true;
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "perf_events").level, Level::good);
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "io_uring").level, Level::good);
  facts.io_uring_disabled = 2;
  EXPECT_EQ(test::named_finding(kernel_findings(facts), "io_uring").level, Level::note);
}

TEST(DoctorNeighbours, AreNamedAboveTheShareThatVoidsARow) {
  auto facts = fine();
  facts.watch.busiest = {{.pid = 12, .name = "make", .cpu_share = 0.05}, {.pid = 13, .name = "sh", .cpu_share = 0.02}};
  const auto busy = test::named_finding(neighbour_findings(facts), "busy_process");
  EXPECT_EQ(busy.level, Level::note);
  EXPECT_EQ(busy.found, "make (pid 12) takes 5.0 % of a CPU");
  EXPECT_EQ(busy.mend, "sudo taskset -apc 3 12") << "whose it is, is not known: nothing that cannot be taken back";
  facts.watch.busiest.front().cpu_share = 0.9;
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "busy_process").level, Level::trouble);
  facts.watch.busiest.front().pid = 1;
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "busy_process").mend, "") << "all others are its children";
  facts.watch.busiest.front() = {.pid = 14, .name = "bash", .cpu_share = 0.05, .above = true};
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "busy_process").mend, "")
      << "the next bakeoff would inherit its CPU";
}

TEST(DoctorNeighbours, ThatAreThreadsOfTheKernelAreExplainedAndMoved) {
  auto facts = fine();
  facts.machine.cpus_online = 5;
  facts.watch.busiest = {{.pid = 77, .name = "kdamond.0", .cpu_share = 0.03, .kernel_thread = true}};
  auto busy = test::named_finding(neighbour_findings(facts), "busy_process");
  EXPECT_THAT(busy.why, HasSubstr("DAMON, the kernel's memory monitor"));
  EXPECT_EQ(busy.mend, "sudo taskset -pc 4 77") << "a CPU that no trial uses";
  facts.machine.cpus_online = 4;
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "busy_process").mend, "sudo taskset -pc 3 77")
      << "the load's last";
  facts.damon = {{"/sys/module/damon_reclaim/parameters/enabled", "N"}};
  busy = test::named_finding(neighbour_findings(facts), "busy_process");
  EXPECT_EQ(busy.mend, "echo N | sudo tee /sys/module/damon_reclaim/parameters/enabled");
  EXPECT_THAT(busy.why, HasSubstr("sudo taskset -pc 3 77"));
  facts.watch.busiest = {{.pid = 9, .name = "ksoftirqd/1", .cpu_share = 0.03, .kernel_thread = true, .bound = true}};
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "busy_process").mend, "") << "it may not be moved";
}

TEST(DoctorNeighbours, AreCountedWhenThereAreTooManyToName) {
  auto facts = fine();
  for (int pid = 100; pid < 120; ++pid) facts.watch.busiest.push_back({.pid = pid, .name = "cc", .cpu_share = 0.5});
  const auto findings = neighbour_findings(facts);
  EXPECT_EQ(std::count_if(findings.begin(), findings.end(), [](auto& each) { return each.name == "busy_process"; }), 6);
  EXPECT_THAT(test::named_finding(findings, "busy_processes").found, HasSubstr("14 more"));
}

TEST(DoctorNeighbours, StealAndUseOfAllCpusAreJudgedAsRowsAre) {
  auto facts = fine();
  facts.watch.steal_share = 0.05;
  facts.watch.in_use_share = 0.5;
  const auto findings = neighbour_findings(facts);
  EXPECT_EQ(test::named_finding(findings, "steal").level, Level::note);
  EXPECT_EQ(test::named_finding(findings, "steal").found, "5.0 % of all CPUs in 0.5 s");
  EXPECT_EQ(test::named_finding(findings, "in_use").level, Level::trouble);
}

TEST(DoctorNeighbours, CpuTimeThatDoesNothingIsStealThatNobodyTells) {
  auto facts = fine();
  facts.pace = {.median_us = 300, .longest_us = 9000, .lost_share = 0.05};
  const DoctorFinding finding = test::named_finding(neighbour_findings(facts), "untold_steal");
  EXPECT_EQ(finding.level, Level::note);
  EXPECT_EQ(finding.found, "5.0 % of the CPU time of work did nothing: pieces of 300 us took up to 9.0 ms");
  facts.pace.lost_share.reset();
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "untold_steal").level, Level::note);
}

TEST(DoctorNeighbours, ServersThatRunByThemselvesAreStoppedByTheirServices) {
  auto facts = fine();
  facts.watch.servers = {"apache2", "redis-server"};
  EXPECT_EQ(test::named_finding(neighbour_findings(facts), "running_servers").mend, "");
  facts.systemd = true;
  const auto running = test::named_finding(neighbour_findings(facts), "running_servers");
  EXPECT_EQ(running.found, "apache2, redis-server");
  EXPECT_EQ(running.mend, "sudo systemctl stop redis-server");
}

}  // namespace
}  // namespace bakeoff::doctor

// Facts of the machine, hashes, CPU sets and places: with texts of machines that this one is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include "harness/measure/cpu_sets.h"
#include "harness/measure/hash.h"
#include "harness/measure/machine.h"
#include "harness/measure/text_file.h"
#include "harness/subjects/install_paths.h"
#include "harness/subjects/process.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(MachineFactsOfThisMachine, HaveWhatEveryLinuxSays) {
  const auto facts = read_machine_facts();
  EXPECT_FALSE(facts.kernel.empty());
  EXPECT_FALSE(facts.host.empty());
  EXPECT_EQ(facts.cpus, allowed_cpus());
  EXPECT_GE(facts.cpus_online.value_or(0), facts.cpus.size());
  EXPECT_GT(facts.memory_kib.value_or(0), 0U);
  EXPECT_GT(facts.limits.nofile_hard.value_or(0), 0U);
}

class MachineFactsBelow : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "bakeoff-facts-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const fs::path& file, const std::string& text) {
    const auto path = root_ / file.relative_path();
    fs::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  fs::path root_;
};

TEST_F(MachineFactsBelow, AnEmptyRootAreAbsentAndNamedAndNotGuessed) {
  const auto facts = read_machine_facts_below(root_);
  EXPECT_EQ(facts.cpu_model, "");
  EXPECT_EQ(facts.governor, "");
  EXPECT_EQ(facts.virtualised, std::nullopt);
  EXPECT_EQ(facts.smt, std::nullopt);
  EXPECT_EQ(facts.turbo, std::nullopt);
  EXPECT_EQ(facts.limits.cgroup_memory_max, std::nullopt);
  for (const char* fact : {"cpu_model", "cpus_online", "governor", "virtualised", "smt", "turbo", "mitigations",
                           "memory_kib", "clocksource", "limits.somaxconn", "limits.cgroup_memory_max"}) {
    EXPECT_THAT(facts.could_not_read, Contains(fact));
  }
}

TEST_F(MachineFactsBelow, AnOrdinaryServerAreAllRead) {
  put("/proc/cpuinfo",
      "processor\t: 0\ncpu family\t: 6\nmodel\t\t: 143\nmodel name\t: Xeon 9\nstepping\t: 8\ncpu MHz\t\t: 2000.5\n"
      "flags\t\t: fpu vme\n");
  put("/proc/meminfo", "MemTotal:       24684096 kB\n");
  put("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
  put("/sys/devices/system/cpu/online", "0-3,6\n");
  put("/sys/devices/system/cpu/smt/active", "1\n");
  put("/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
  put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3100000\n");
  put("/sys/devices/system/cpu/vulnerabilities/l1tf", "Mitigation: PTE Inversion\n");
  put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  put("/sys/kernel/debug/sched/preempt", "none (voluntary) full\n");
  put("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
  put("/proc/self/mountinfo", "9 8 0:5 / /cg rw - cgroup2 cgroup rw\n");
  put("/proc/self/cgroup", "0::/a/b\n");
  put("/cg/a/b/cgroup.controllers", "memory pids\n");
  put("/cg/a/b/memory.max", "max\n");
  put("/cg/a/memory.max", "1048576\n");
  put("/cg/a/b/pids.max", "max\n");
  put("/cg/a/pids.max", "max\n");
  const auto facts = read_machine_facts_below(root_);
  EXPECT_EQ(facts.cpu_model, "Xeon 9 (family 6, model 143, stepping 8)");
  EXPECT_EQ(facts.os, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(facts.cpus_online, 5U);
  EXPECT_EQ(facts.smt, true);
  EXPECT_EQ(facts.turbo, false);
  EXPECT_EQ(facts.virtualised, false);
  EXPECT_EQ(facts.governor, "performance");
  EXPECT_EQ(facts.frequency_mhz, 3100.0);
  EXPECT_EQ(facts.mitigations.at("l1tf"), "Mitigation: PTE Inversion");
  EXPECT_EQ(facts.transparent_hugepages, "madvise");
  EXPECT_EQ(facts.preemption, "voluntary");
  EXPECT_EQ(facts.memory_kib, 24684096U);
  EXPECT_EQ(facts.limits.port_first, 32768U);
  EXPECT_EQ(facts.limits.port_last, 60999U);
  EXPECT_EQ(facts.limits.cgroup_memory_max, 1048576U);
  EXPECT_EQ(facts.limits.cgroup_pids_max, UINT64_MAX);
  EXPECT_THAT(facts.could_not_read, Not(Contains("cpu_model")));
}

TEST(ContentHash, IsWhatSha1sumPrints) {
  EXPECT_EQ(content_hash_of(""), "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(content_hash_of("abc"), "sha1:a9993e364706816aba3e25717850c26c9cd0d89d");
  subjects::Command command;
  const auto file = fs::read_symlink("/proc/self/exe");
  command.argv = {"sha1sum", file.string()};
  auto child = subjects::Process::start(command);
  const auto line = child.read_line(10s);
  ASSERT_TRUE(line);
  EXPECT_EQ(content_hash(file), "sha1:" + line->substr(0, 40));
}

TEST(ContentHash, NamesTheFileThatCannotBeRead) {
  try {
    content_hash("/no/such/file");
    FAIL() << "no exception";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/no/such/file"));
  }
}

TEST(CpuSets, SplitInTwoHalvesAndSayWhenTheyCannot) {
  EXPECT_THAT(split_cpus({0, 1, 4, 5, 6}).subject, ElementsAre(0, 1));
  EXPECT_THAT(split_cpus({0, 1, 4, 5, 6}).load, ElementsAre(4, 5, 6));
  EXPECT_FALSE(split_cpus({2, 3}).shared);
  const auto single = split_cpus({7});
  EXPECT_TRUE(single.shared);
  EXPECT_EQ(single.subject, single.load);
}

TEST(CpuSets, ReadAndWriteLists) {
  EXPECT_THAT(parse_cpu_list("2-3,0\n"), ElementsAre(0, 2, 3));
  EXPECT_THAT(parse_cpu_list("1,1"), ElementsAre(1));
  EXPECT_EQ(format_cpu_list({0, 2, 3, 4, 7}), "0,2-4,7");
  EXPECT_EQ(format_cpu_list({}), "");
}

TEST(CpuSets, RefuseWhatIsNoList) {
  for (const char* text : {"", "a", "1,", "3-2", "-1", "0-99999999", "1;2"}) {
    EXPECT_THROW(parse_cpu_list(text), std::invalid_argument) << text;
  }
}

TEST(Directories, AreThoseOfTheSourceTreeInABuild) {
  EXPECT_EQ(subjects::executable_directory(), fs::read_symlink("/proc/self/exe").parent_path());
  EXPECT_EQ(subjects::subject_program().filename(), "bakeoff-subject");
  EXPECT_EQ(subjects::experiments_directory(), fs::path{BAKEOFF_SOURCE_DIR} / "harness/experiment");
  EXPECT_EQ(subjects::reference_directory(), fs::path{BAKEOFF_SOURCE_DIR} / "reference");
}

TEST(TextFiles, AreReadWholeAlthoughProcSaysTheyAreEmpty) {
  const auto status = read_text("/proc/self/status");
  ASSERT_TRUE(status);
  EXPECT_EQ(value_of(*status, "Pid:"), std::to_string(::getpid()));
  EXPECT_EQ(read_text("/no/such/file"), std::nullopt);
  EXPECT_EQ(value_of("a 1\nab 2\n", "ab"), "2");
  EXPECT_EQ(parse_number<int>(" 12\n"), 12);
  EXPECT_EQ(parse_number<int>("12x"), std::nullopt);
}

}  // namespace
}  // namespace bakeoff::measure

// The kernel's memory of a trial: by texts of other machines, and of a child on this one where it lets us.
#include "harness/measure/memory_cgroup.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/subjects/abandoned_folders.h"
#include "harness/subjects/process.h"
#include "tests/harness/fixtures/abandoned_folder.h"

namespace bakeoff::measure {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST(KernelBytes, AreWhatTheKernelCountsTogetherAndTheBuffersOfSockets) {
  EXPECT_EQ(kernel_bytes("anon 4096\nkernel 1000000\nkernel_stack 16384\nslab 5000\nsock 200\n"), 1'000'200u);
}

TEST(KernelBytes, AreTheSumOfTheirPartsWhereTheKernelIsOlder) {
  EXPECT_EQ(kernel_bytes("anon 4096\nkernel_stack 16384\npagetables 8192\npercpu 100\nsock 200\nslab 5000\n"),
            16'384u + 8192 + 100 + 200 + 5000);
}

TEST(KernelBytes, AreUnknownWithoutEither) {
  EXPECT_EQ(kernel_bytes(""), std::nullopt);
  EXPECT_EQ(kernel_bytes("anon 4096\nsock 200\n"), std::nullopt);
  EXPECT_EQ(kernel_bytes("kernel none\n"), std::nullopt);
}

std::string memory_cgroup_name(const char* what) {
  return "bakeoff-" + std::to_string(::getpid()) + "-test-" + what;
}

class MemoryOfATrial : public testing::Test {
 protected:
  void SetUp() override {
    trial_ = Cgroup::create(memory_cgroup_name("memory"));
    memory_ = MemoryCgroup::create(memory_cgroup_name("memory"), trial_);
    if (!memory_.present()) GTEST_SKIP() << "no memory cgroup may be made here";
  }
  subjects::Command joined(const std::string& script) const {
    subjects::Command command;
    command.argv = {"/bin/sh", "-c", script};
    command.join = trial_.join_files();
    for (const fs::path& file : memory_.join_files()) command.join.push_back(file);
    return command;
  }
  Cgroup trial_;
  MemoryCgroup memory_;
};

TEST_F(MemoryOfATrial, GrowsWithTheProcessesThatAreInIt) {
  const auto before = memory_.kernel_kib();
  auto child = subjects::Process::start(joined("for i in 1 2 3 4 5 6 7 8; do sleep 600 & done; echo made; wait"));
  ASSERT_TRUE(child.read_line(10s));
  const auto with = memory_.kernel_kib();
  ASSERT_TRUE(before && with);
  // Nine processes with a kernel stack of 16 KiB and a page of page tables each, at the very least.
  EXPECT_GT(*with, *before + 9 * 20);
}

TEST_F(MemoryOfATrial, LeavesNoDirectoryBehind) {
  auto child = subjects::Process::start(joined("echo started; sleep 600"));
  ASSERT_TRUE(child.read_line(10s));
  child.stop(SIGKILL);
  const auto parent = own_memory_cgroup().value_or(trial_.directory().parent_path());
  memory_ = MemoryCgroup{};
  trial_ = Cgroup{};
  EXPECT_FALSE(fs::exists(parent / memory_cgroup_name("memory")));
}

TEST_F(MemoryOfATrial, OfAHarnessThatWasKilledGoesWithTheFolderThatRemembersItAndOthersOfSuchNamesStay) {
  const auto own = own_memory_cgroup();
  if (!own) GTEST_SKIP() << "the trial's own cgroup counts memory here";
  const fs::path left = *own / memory_cgroup_name("left");
  const fs::path other = *own / "bakeoff-4000000-left";
  fs::create_directory(left);
  fs::create_directory(other);
  const test::AbandonedFolder folder;
  struct stat status {};
  ASSERT_EQ(::stat(left.c_str(), &status), 0);
  std::ofstream(folder.outer() / "owner", std::ios::app) << "cgroup " << status.st_ino << " " << left.string() << "\n"
                                                         << "cgroup 1 " << other.string() << "\n";
  subjects::remove_abandoned_folders();
  EXPECT_TRUE(subjects::remove_abandoned(folder.outer()));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(other)) << "another one has taken the place of the one that was remembered";
  fs::remove(other);
  EXPECT_TRUE(memory_.kernel_kib());
}

TEST(MemoryCgroup, ThatCannotBeMadeIsAbsentAndDoesNothing) {
  const Cgroup none;
  const auto memory = MemoryCgroup::create("no/such/parent", none);
  EXPECT_FALSE(memory.present());
  EXPECT_TRUE(memory.join_files().empty());
  EXPECT_EQ(memory.kernel_kib(), std::nullopt);
}

}  // namespace
}  // namespace bakeoff::measure

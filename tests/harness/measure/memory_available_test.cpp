// Memory that can still be taken, with the files of machines that this one is not.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "harness/measure/memory_available.h"
#include "harness/subjects/scratch_folder.h"

namespace bakeoff::measure {
namespace {

namespace fs = std::filesystem;

class MemoryAvailable : public testing::Test {
 protected:
  void put(const fs::path& file, const std::string& text) const {
    const auto path = scratch_.path() / file.relative_path();
    fs::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  std::optional<std::uint64_t> read() const { return available_memory_kib_below(scratch_.path()); }
  const subjects::ScratchFolder scratch_;
};

TEST_F(MemoryAvailable, IsWhatTheKernelSaysWhereNoCgroupLimitsIt) {
  EXPECT_EQ(read(), std::nullopt);
  put("/proc/meminfo", "MemTotal:       24684096 kB\nMemFree: 1 kB\nMemAvailable:   21000000 kB\n");
  EXPECT_EQ(read(), 21'000'000U);
}

TEST_F(MemoryAvailable, IsWhatTheTightestCgroupOfV2LeavesWithoutCaches) {
  put("/proc/meminfo", "MemAvailable:   21000000 kB\n");
  put("/proc/self/mountinfo", "9 8 0:5 / /cg rw - cgroup2 cgroup rw\n");
  put("/proc/self/cgroup", "0::/a/b\n");
  for (const char* folder : {"/cg", "/cg/a", "/cg/a/b"}) put(fs::path(folder) / "cgroup.procs", "");
  put("/cg/a/b/memory.max", "max\n");
  put("/cg/a/b/memory.current", "104857600\n");
  put("/cg/a/memory.max", "1073741824\n");
  put("/cg/a/memory.current", "536870912\n");
  put("/cg/a/memory.stat", "anon 1\ninactive_file 268435456\n");
  EXPECT_EQ(read(), 768U * 1024);
}

TEST_F(MemoryAvailable, IsWhatTheCgroupOfV1LeavesAndNothingWhereItIsFull) {
  put("/proc/meminfo", "MemAvailable:   21000000 kB\n");
  put("/proc/self/mountinfo", "7 8 0:4 / /cg/memory rw - cgroup cgroup rw,memory\n");
  put("/proc/self/cgroup", "4:memory:/box\n");
  put("/cg/memory/cgroup.procs", "");
  put("/cg/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put("/cg/memory/memory.usage_in_bytes", "9000000000\n");
  put("/cg/memory/box/cgroup.procs", "");
  put("/cg/memory/box/memory.limit_in_bytes", "104857600\n");
  put("/cg/memory/box/memory.usage_in_bytes", "62914560\n");
  EXPECT_EQ(read(), 40U * 1024);
  put("/cg/memory/box/memory.usage_in_bytes", "104861696\n");
  EXPECT_EQ(read(), 0U);
}

}  // namespace
}  // namespace bakeoff::measure

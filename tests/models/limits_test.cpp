// Limits of the system: named, and held against what a model asks for.
#include "models/limits.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <string>

namespace bakeoff::models {
namespace {

TEST(Limits, OfDescriptorsAreNamedWithTheirValue) {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  EXPECT_EQ(name_limit(Resource::descriptor, EMFILE), "RLIMIT_NOFILE = " + std::to_string(files.rlim_cur));
  EXPECT_TRUE(name_limit(Resource::descriptor, ENFILE).starts_with("fs.file-max = "));
}

TEST(Limits, ThatNoCountIsNearToAreMemory) {
  EXPECT_EQ(name_limit(Resource::descriptor, ENOBUFS), "memory (No buffer space available)");
  EXPECT_EQ(name_limit(Resource::thread, ENOMEM), "memory (Cannot allocate memory)");
}

TEST(Limits, LeaveRoomForSomeUnitsAndNotForEverMore) {
  const Capacity threads = capacity_for(Resource::thread), processes = capacity_for(Resource::process);
  EXPECT_GT(threads.units, 100U);
  EXPECT_LT(threads.units, 10'000'000U);
  EXPECT_NE(threads.limit.find(" = "), std::string::npos) << threads.limit;
  constexpr std::uint64_t kOthers = 1000;  // That may have come between the two looks at the system.
  EXPECT_GE(processes.units + kOthers, threads.units) << "a thread needs mappings besides";
  EXPECT_NE(processes.limit.find(" = "), std::string::npos) << processes.limit;
}

}  // namespace
}  // namespace bakeoff::models

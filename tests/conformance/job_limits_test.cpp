// Jobs to which the system refuses what they ask for, and units that die: it is reported, and nothing waits for ever.
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/conformance/subject.h"

namespace bakeoff::conformance {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// 300 MB of address space: a sanitizer has mapped more than that before main().
const std::vector<std::string> kLittleAddressSpace{"prlimit", "--as=300000000:300000000"};
constexpr const char* kLittleAddressSpaceLimit = "RLIMIT_AS = 300000000";

nlohmann::json row_of(const Finished& finished) {
  EXPECT_EQ(finished.ended.status, 0) << finished.ended.describe() << testing::PrintToString(finished.errors);
  return finished.output.size() == 1 ? nlohmann::json::parse(finished.output.front()) : nlohmann::json();
}

class JobAtALimit : public testing::TestWithParam<std::string> {};

TEST_P(JobAtALimit, HasARowOfWhatWasReachedThatNamesTheLimit) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer has mapped more than that before main()";
  const auto row = row_of(run_subject({"job", GetParam(), "idle", "--units", "20000"}, kLittleAddressSpace));
  ASSERT_TRUE(row.is_object());
  EXPECT_EQ(row.at("limit"), kLittleAddressSpaceLimit);
  EXPECT_GT(row.at("peak_live_units"), 1);
  EXPECT_LT(row.at("peak_live_units"), 20'000);
  EXPECT_EQ(row.at("peak_live_units"), row.at("units_created")) << "they waited for each other";
  EXPECT_TRUE(row.at("figures").contains("pss_kib")) << "what each of them took holds";
}

TEST_P(JobAtALimit, HasNoFiguresOfWorkThatWasDoneInPart) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer has mapped more than that before main()";
  const auto row = row_of(
      run_subject({"job", GetParam(), "oversubscribe", "--units", "20000", "--size", "20000"}, kLittleAddressSpace));
  ASSERT_TRUE(row.is_object());
  EXPECT_EQ(row.at("limit"), kLittleAddressSpaceLimit);
  EXPECT_TRUE(row.at("figures").empty()) << row.at("figures");
}

INSTANTIATE_TEST_SUITE_P(Every, JobAtALimit, testing::Values("thread", "fiber"),
                         [](const auto& each) { return each.param; });

TEST(JobWithoutMemory, SaysSoInOneLineAndEnds) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer has mapped more than that before main()";
  const Finished finished = run_subject({"job", "coroutine", "skynet", "--size", "10000000"}, kLittleAddressSpace);
  EXPECT_TRUE(finished.ended.exited) << finished.ended.describe();
  EXPECT_EQ(finished.ended.status, 1);
  EXPECT_THAT(finished.errors,
              ElementsAre(HasSubstr(std::string("Cannot allocate memory: ") + kLittleAddressSpaceLimit)));
}

TEST(JobOfProcesses, OneThatIsKilledEndsTheRunWhileTheOthersStillWait) {
  constexpr std::size_t kUnits = 3;
  const auto begin = std::chrono::steady_clock::now();
  const Finished finished = run_subject(
      {"job", "process", "sleepers", "--units", std::to_string(kUnits), "--size", "600000"}, {}, [&](pid_t leader) {
        std::vector<pid_t> units;
        for (int i = 0; i < 1000 && units.size() < kUnits; ++i, std::this_thread::sleep_for(10ms)) {
          units = workers_of(leader);
        }
        ASSERT_EQ(units.size(), kUnits);
        ::kill(units.back(), SIGKILL);
      });
  EXPECT_TRUE(finished.ended.exited) << finished.ended.describe();
  EXPECT_EQ(finished.ended.status, 1);
  EXPECT_THAT(finished.errors, ElementsAre(HasSubstr("was killed by signal 9")));
  EXPECT_EQ(finished.ended.orphans, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 60s) << "the others sleep for ten minutes";
}

}  // namespace
}  // namespace bakeoff::conformance

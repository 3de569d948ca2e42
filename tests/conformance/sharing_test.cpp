// The jobs that share, by every discipline and way, on processes: what they share lies in memory that each has mapped.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/conformance/subject.h"
#include "workloads/jobs/jobs.h"

namespace bakeoff::conformance {
namespace {

/// The answer of two processes; 0 and a failed test when it is wrong.
std::uint64_t answer_of(const char* job, const char* size, const std::vector<std::string>& settings) {
  std::vector<std::string> words{"job", "process", job, "--units", "2", "--size", size};
  for (const auto& setting : settings) words.insert(words.end(), {"--set", setting});
  const Finished finished = run_subject(words);
  EXPECT_TRUE(finished.ended.exited && finished.ended.status == 0) << testing::PrintToString(finished.errors);
  if (finished.output.size() != 1) return 0;
  return nlohmann::json::parse(finished.output.front()).at("answer").get<std::uint64_t>();
}

TEST(SharingProcesses, LoseNothingByAnyDisciplineButThoseThatRace) {
  for (const std::string_view discipline : workloads::jobs::kDisciplines) {
    SCOPED_TRACE(discipline);
    // Who yields goes to the back of the queue, behind whatever else runs on this machine.
    const std::uint64_t each = discipline.ends_with("await") ? 200 : 20'000;
    const std::uint64_t answer =
        answer_of("shared-count", std::to_string(each).c_str(), {"discipline=" + std::string(discipline)});
    if (std::ranges::find(workloads::jobs::kRacingDisciplines, discipline) !=
        std::end(workloads::jobs::kRacingDisciplines)) {
      EXPECT_GE(answer, 1U);
      EXPECT_LE(answer, 2 * each);
    } else {
      EXPECT_EQ(answer, discipline == "channel" ? each : 2 * each) << "a channel's owner adds nothing itself";
    }
  }
}

TEST(SharingProcesses, LoseNothingUnderALockWhereEachBeginsAsSoonAsItIsMade) {
  EXPECT_EQ(answer_of("shared-count", "20000", {"start=as-written"}), 40'000U);
}

TEST(SharingProcesses, ReadBesideWriters) {
  for (const char* discipline : {"mutex", "rwlock", "snapshot", "compare-and-swap"}) {
    EXPECT_EQ(answer_of("shared-count", "20000", {std::string("discipline=") + discipline, "reads=90"}), 4000U)
        << discipline;
  }
}

TEST(SharingProcesses, LeaveARoundOutForEachDeadlockAndNoneOnAWayOut) {
  for (const std::string_view way : workloads::jobs::kDeadlockWays) {
    EXPECT_EQ(answer_of("deadlock", "10", {"way=" + std::string(way), "meet=yes"}), way == "none" ? 10U : 20U) << way;
  }
}

}  // namespace
}  // namespace bakeoff::conformance

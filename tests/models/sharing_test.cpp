// The jobs that share, on every executor that lives in one process, by each discipline and each way. Processes are
// tried by the conformance suite: a test program does not fork.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "models/catalogue.h"
#include "models/executors/run_job.h"
#include "workloads/catalogue.h"
#include "workloads/jobs/jobs.h"

namespace bakeoff::models {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

executors::JobResult run(const std::string& executor, const char* name, std::size_t units, std::uint64_t size,
                         const Given& settings) {
  const workloads::JobEntry& entry = *workloads::find_job(name);
  const ExecutorEntry& runs_on = *find_executor(executor);
  workloads::jobs::JobSize job_size{.units = units, .size = size, .settings = workloads::Settings(entry.settings)};
  for (const auto& [setting, value] : settings) job_size.settings.set(setting, value);
  return executors::run_job(*entry.make(job_size), *runs_on.make(workloads::Settings(runs_on.settings)), units);
}

double figure(const executors::JobResult& result, const std::string& name) {
  const auto found = std::ranges::find(result.figures, name, &workloads::jobs::NamedFigure::name);
  return found == result.figures.end() ? -1 : found->value;
}

class Sharing : public testing::TestWithParam<std::string> {};

/// A thread that yields goes to the back of the queue, behind whatever else runs on this machine.
std::uint64_t additions_of(std::string_view discipline) {
  return discipline.ends_with("await") ? 200 : 5000;
}

bool races(std::string_view discipline) {
  return std::ranges::find(workloads::jobs::kRacingDisciplines, discipline) !=
         std::end(workloads::jobs::kRacingDisciplines);
}

TEST_P(Sharing, LosesNothingByAnyDisciplineButThoseThatRace) {
  for (const std::string_view discipline : workloads::jobs::kDisciplines) {
    SCOPED_TRACE(discipline);
    const std::uint64_t each = additions_of(discipline);
    // The owner of a channel sends nothing to itself.
    const std::uint64_t adders = discipline == "channel" ? 2 : 3;
    const executors::JobResult result =
        run(GetParam(), "shared-count", 3, each, {{"discipline", std::string(discipline)}});
    EXPECT_EQ(result.complaint, "");
    if (races(discipline)) {
      EXPECT_LE(result.answer, adders * each);
      EXPECT_GE(result.answer, 1U);
      EXPECT_EQ(figure(result, "lost"), static_cast<double>(adders * each - result.answer));
    } else {
      EXPECT_EQ(result.answer, adders * each);
      EXPECT_EQ(figure(result, "lost"), 0);
    }
    EXPECT_GT(figure(result, "operation_ns"), 0);
  }
}

TEST_P(Sharing, LosesNothingEitherWhereEachUnitBeginsAsSoonAsItIsMade) {
  for (const std::string_view discipline : workloads::jobs::kDisciplines) {
    if (discipline == "channel") continue;
    SCOPED_TRACE(discipline);
    const executors::JobResult result =
        run(GetParam(), "shared-count", 3, 200, {{"discipline", std::string(discipline)}, {"start", "as-written"}});
    EXPECT_EQ(result.complaint, "");
    if (!races(discipline)) {
      EXPECT_EQ(result.answer, 600U);
    }
    EXPECT_GT(figure(result, "operation_ns"), 0);
  }
}

TEST_P(Sharing, WritesTheShareOfTheOperationsThatDoesNotRead) {
  for (const char* discipline : {"mutex", "atomic", "rwlock", "snapshot", "compare-and-swap"}) {
    SCOPED_TRACE(discipline);
    const executors::JobResult result =
        run(GetParam(), "shared-count", 2, 1000, {{"discipline", discipline}, {"reads", "90"}});
    EXPECT_EQ(result.complaint, "");
    EXPECT_EQ(result.answer, 200U);
    EXPECT_GT(figure(result, "operation_ns"), 0);
  }
}

TEST_P(Sharing, EveryWayOutOfADeadlockHasNoneAndLeavesNoRoundOut) {
  for (const std::string_view way : workloads::jobs::kDeadlockWays) {
    for (const char* meet : {"yes", "no"}) {
      if (way == "none") continue;
      SCOPED_TRACE(std::string(way) + ", meet=" + meet);
      const executors::JobResult result =
          run(GetParam(), "deadlock", 2, 50, {{"way", std::string(way)}, {"meet", meet}});
      EXPECT_EQ(result.complaint, "");
      EXPECT_EQ(result.answer, 2U * 50);
      EXPECT_EQ(figure(result, "deadlocks"), 0);
      EXPECT_EQ(figure(result, "time_to_deadlock_ms"), -1);
    }
  }
}

TEST_P(Sharing, UnitsThatBothHoldOneLockAndWantTheOthersDeadlockEachTimeAndAreParted) {
  const executors::JobResult result = run(GetParam(), "deadlock", 2, 3, {{"way", "none"}, {"meet", "yes"}});
  EXPECT_EQ(result.complaint, "");
  EXPECT_EQ(figure(result, "deadlocks"), 3);
  EXPECT_EQ(figure(result, "deadlocked_rounds_percent"), 100);
  EXPECT_GE(figure(result, "time_to_deadlock_ms"), 0);
  EXPECT_EQ(result.answer, 3U);
}

INSTANTIATE_TEST_SUITE_P(Every, Sharing, testing::Values("thread", "fiber", "coroutine"),
                         [](const auto& each) { return each.param; });

TEST(SharingChoices, AreComparedByFiguresThatTheJobHas) {
  for (const workloads::JobEntry& job : workloads::job_entries()) {
    if (job.compared.name.empty()) continue;
    const executors::JobResult result = run("thread", std::string(job.name).c_str(), 2, 3, {});
    for (const std::string_view name : job.compared.figures) {
      EXPECT_GE(figure(result, std::string(name)), 0) << job.name << ": " << name;
    }
  }
}

// Unit by unit reads, and then unit by unit writes: whoever is resumed later writes what the first one wrote.
TEST(SharingOnOneThread, LosesAllButOneShareWhereEveryReadIsFollowedByAnAwait) {
  constexpr std::uint64_t kEach = 1000;
  for (const char* executor : {"coroutine", "fiber"}) {
    const executors::JobResult raced =
        run(executor, "shared-count", 2, kEach, {{"discipline", "across-await"}, {"start", "as-written"}});
    EXPECT_EQ(raced.answer, kEach) << executor;
    EXPECT_EQ(figure(raced, "lost_percent"), 50) << executor;
    const executors::JobResult plain = run(executor, "shared-count", 2, kEach, {{"discipline", "plain"}});
    EXPECT_EQ(plain.answer, 2 * kEach) << executor << ": without an await nothing else runs in between";
  }
}

TEST(SharingAlone, NeedsNobody) {
  for (const char* executor : {"sequential", "pool"}) {
    for (const std::string_view discipline : workloads::jobs::kDisciplines) {
      if (discipline == "channel") continue;
      const executors::JobResult result =
          run(executor, "shared-count", 1, 200, {{"discipline", std::string(discipline)}});
      EXPECT_EQ(result.complaint, "") << executor << " " << discipline;
      EXPECT_EQ(result.answer, 200U) << executor << " " << discipline;
    }
  }
}

TEST(SharingRefusal, IsOfReadsWhereThereIsNothingToReadAndOfAChannelWithoutSender) {
  EXPECT_THROW(run("thread", "shared-count", 1, 10, {{"discipline", "channel"}}), std::invalid_argument);
  EXPECT_THROW(run("thread", "shared-count", 2, 10, {{"discipline", "channel"}, {"reads", "1"}}),
               std::invalid_argument);
  EXPECT_THROW(run("thread", "shared-count", 2, 10, {{"discipline", "local"}, {"reads", "1"}}), std::invalid_argument);
  EXPECT_THROW(run("thread", "shared-count", 2, 10, {{"discipline", "across-await"}, {"reads", "1"}}),
               std::invalid_argument);
  EXPECT_THROW(run("thread", "shared-count", 2, 10, {{"discipline", "channel"}, {"start", "as-written"}}),
               std::invalid_argument);
  EXPECT_THROW(run("coroutine", "deadlock", 3, 10, {}), std::invalid_argument);
}

}  // namespace
}  // namespace bakeoff::models

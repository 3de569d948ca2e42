// How the job line of a program of others is judged.
#include "harness/experiment/reported_job.h"

#include <gtest/gtest.h>

#include "harness/subjects/server.h"

namespace bakeoff::experiment {
namespace {

journal::Trial row_of(const std::string& job, std::uint64_t units, std::uint64_t size) {
  journal::Trial row;
  row.workload = job;
  row.params.units = units;
  row.params.job_size = size;
  return row;
}

subjects::Subject program(const std::string& discipline) {
  subjects::Subject subject;
  subject.name = "program";
  subject.settings = {{.name = "discipline", .meaning = "", .default_value = "channel", .choices = {}}};
  if (!discipline.empty()) subject.set["discipline"] = discipline;
  return subject;
}

bool is_right(journal::Trial row, const subjects::Subject& subject, std::uint64_t answer) {
  judge_reported_job(row, subject, {.answer = answer, .elapsed_ns = 100, .work_ns = 50});
  EXPECT_EQ(row.outcome_detail.empty(), row.job->answer_right) << row.outcome_detail;
  return row.job->answer_right;
}

TEST(ReportedJob, IsRightWhereOursAnswersTheSame) {
  constexpr std::uint64_t kOfTwoMib = 14357858549161851277U;  // workloads/PROTOCOLS.md
  for (const std::uint64_t units : {1U, 7U}) {
    EXPECT_TRUE(is_right(row_of("sha256", units, 2), {}, kOfTwoMib)) << "however it is shared out";
    EXPECT_FALSE(is_right(row_of("sha256", units, 2), {}, kOfTwoMib + 1));
  }
  EXPECT_TRUE(is_right(row_of("count", 3, 1000), {}, 3000));
  EXPECT_TRUE(is_right(row_of("skynet", 2, 100), {}, 4950)) << "of one tree";
  EXPECT_TRUE(is_right(row_of("spawn", 2, 10), {}, 20));
  EXPECT_TRUE(is_right(row_of("sleepers", 9, 10), {}, 9));
  EXPECT_TRUE(is_right(row_of("ping-pong", 2, 10), {}, 10));
}

TEST(ReportedJob, AWrongOneSaysWhatWasExpected) {
  journal::Trial row = row_of("count", 3, 1000);
  judge_reported_job(row, {}, {.answer = 1, .elapsed_ns = 100, .work_ns = 100});
  EXPECT_EQ(row.outcome_detail, "count: expected 3000, got 1");
}

TEST(ReportedJob, OfASharedCounterDependsOnTheDiscipline) {
  const journal::Trial row = row_of("shared-count", 3, 10);
  EXPECT_TRUE(is_right(row, program("mutex"), 30));
  EXPECT_FALSE(is_right(row, program("mutex"), 29));
  EXPECT_TRUE(is_right(row, program("plain"), 29)) << "a race may lose some";
  EXPECT_FALSE(is_right(row, program("plain"), 0));
  EXPECT_FALSE(is_right(row, program("plain"), 31));
  EXPECT_TRUE(is_right(row, program(""), 20)) << "its default is a channel, whose owner adds nothing";
}

TEST(ReportedJob, HasTheFiguresOfTheJobAndTheSettings) {
  journal::Trial row = row_of("shared-count", 2, 10);
  judge_reported_job(row, program("plain"), {.answer = 15, .elapsed_ns = 100, .work_ns = 40});
  ASSERT_EQ(row.job->figures.size(), 4U);
  EXPECT_EQ(row.job->figures[0].name, "operation_ns");
  EXPECT_DOUBLE_EQ(row.job->figures[0].value, 2) << "of the time in which the units worked";
  EXPECT_EQ(row.job->figures[1].name, "lost");
  EXPECT_DOUBLE_EQ(row.job->figures[1].value, 5);
  EXPECT_EQ(row.server_receipt->settings.at("discipline"), "plain");
}

TEST(ReportedJob, ThatCannotBeToldFromOutsideOrCannotBeIsNotRun) {
  for (journal::Trial row :
       {row_of("idle", 2, 1), row_of("ping-pong", 3, 10), row_of("skynet", 1, 11), row_of("deadlock", 2, 1)}) {
    try {
      judge_reported_job(row, {}, {.answer = 1, .elapsed_ns = 1, .work_ns = 1});
      ADD_FAILURE() << row.workload;
    } catch (const subjects::SubjectError& error) {
      EXPECT_EQ(error.outcome, journal::Outcome::not_run) << error.what();
    }
  }
}

TEST(ReportedJob, MemoryIsThatOfUnitsThatAreAllThere) {
  EXPECT_TRUE(measures_memory("sleepers"));
  EXPECT_FALSE(measures_memory("count"));
  EXPECT_FALSE(measures_memory("ping-pong"));
}

}  // namespace
}  // namespace bakeoff::experiment

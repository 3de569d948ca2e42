// What became of jobs, from records that were made up.
#include "harness/experiment/queue_figures.h"

#include <gtest/gtest.h>

namespace bakeoff::experiment {
namespace {

using workloads::queue::JobRecord;
using workloads::queue::QueuedJob;

constexpr std::uint64_t kBegin = 1'700'000'000'000'000'000, kMs = 1'000'000;

/// Jobs that wait a millisecond each and come due every 10 ms; each is put in 1 ms late.
std::vector<PutJob> waiting_jobs(std::size_t count) {
  std::vector<PutJob> jobs;
  for (std::size_t id = 0; id < count; ++id) {
    const std::uint64_t due = kBegin + id * 10 * kMs;
    jobs.push_back(
        {.job = {.id = id, .kind = QueuedJob::Kind::wait, .amount = 1000}, .due_ns = due, .put_ns = due + kMs});
  }
  return jobs;
}

/// The job was taken 2 ms after it was due, and took as long as it waits.
std::string record_of(const PutJob& job, std::uint64_t later_ns = 0) {
  const std::uint64_t taken = job.due_ns + 2 * kMs + later_ns;
  return to_text(JobRecord{.id = job.job.id, .taken_ns = taken, .finished_ns = taken + kMs, .answer = job.job.amount});
}

TEST(QueueFigures, CountTheTimeInTheQueueFromWhenAJobWasDue) {
  const std::vector<PutJob> jobs = waiting_jobs(3);
  const QueueFigures figures =
      figures_of_queue(jobs, std::vector{record_of(jobs[1]), record_of(jobs[0]), record_of(jobs[2])});
  EXPECT_EQ(figures.row.jobs, 3u);
  EXPECT_EQ(figures.row.done, 3u);
  EXPECT_EQ(figures.row.lost, 0u);
  EXPECT_EQ(figures.row.wrong, 0u);
  EXPECT_NEAR(figures.row.latency_us.at("queue").p50, 2000, 20);
  EXPECT_NEAR(figures.row.latency_us.at("work").p99, 1000, 10);
  EXPECT_NEAR(figures.row.latency_us.at("slip").p99, 1000, 10);
  EXPECT_DOUBLE_EQ(figures.row.elapsed_s, 0.023);
  EXPECT_DOUBLE_EQ(figures.row.jobs_per_s, 3 / 0.023);
  EXPECT_DOUBLE_EQ(figures.row.offered_per_s.value(), 100);
}

TEST(QueueFigures, TellLostJobsFromThoseThatWereDoneTwice) {
  const std::vector<PutJob> jobs = waiting_jobs(4);
  const std::vector<std::string> records{record_of(jobs[0]), record_of(jobs[1]), record_of(jobs[0], 50 * kMs)};
  const QueueFigures figures = figures_of_queue(jobs, records);
  EXPECT_EQ(figures.row.done, 2u);
  EXPECT_EQ(figures.row.lost, 2u);
  EXPECT_EQ(figures.row.done_twice, 1u);
  EXPECT_EQ(figures.row.latency_us.at("queue").count, 2u) << "the first record of a job counts";
  EXPECT_DOUBLE_EQ(figures.row.elapsed_s, 0.053) << "and the last record ends the time";
}

TEST(QueueFigures, ARecordInAnotherUnitIsWrongBecauseItIsOlderThanItsJob) {
  std::vector<PutJob> jobs = waiting_jobs(1);
  jobs[0].job.amount = 0;
  jobs[0].due_ns = 1'800'000'000'000'000'000;
  const std::uint64_t taken = jobs[0].due_ns + kMs;
  for (const std::uint64_t unit : {1UL, 1'000UL, 1'000'000UL, 1'000'000'000UL}) {
    const JobRecord record{.id = 0, .taken_ns = taken / unit, .finished_ns = taken / unit, .answer = 0};
    EXPECT_EQ(figures_of_queue(jobs, std::vector{to_text(record)}).row.wrong, unit == 1 ? 0u : 1u) << unit;
  }
}

TEST(QueueFigures, OfABacklogHaveNoOfferedRate) {
  std::vector<PutJob> jobs = waiting_jobs(2);
  for (PutJob& job : jobs) job.due_ns = job.put_ns = kBegin;
  const QueueFigures figures = figures_of_queue(jobs, std::vector{record_of(jobs[0]), record_of(jobs[1])});
  EXPECT_FALSE(figures.row.offered_per_s);
  EXPECT_EQ(figures.row.latency_us.at("slip").max, 0);
}

TEST(QueueFigures, CheckWhatEveryRecordSays) {
  const std::vector<PutJob> jobs = waiting_jobs(1);
  const auto wrong = [&](const JobRecord& record) {
    return figures_of_queue(jobs, std::vector{to_text(record)}).row.wrong == 1;
  };
  const JobRecord right{.id = 0, .taken_ns = kBegin, .finished_ns = kBegin + kMs, .answer = 1000};
  EXPECT_FALSE(wrong(right));
  EXPECT_TRUE(wrong({.id = 1, .taken_ns = right.taken_ns, .finished_ns = right.finished_ns, .answer = 1000}));
  EXPECT_TRUE(wrong({.id = 0, .taken_ns = right.taken_ns, .finished_ns = right.finished_ns, .answer = 1001}));
  EXPECT_TRUE(wrong({.id = 0, .taken_ns = kBegin, .finished_ns = kBegin + kMs / 2, .answer = 1000})) << "too soon";
  EXPECT_TRUE(wrong({.id = 0, .taken_ns = kBegin + kMs, .finished_ns = kBegin, .answer = 1000}));
  EXPECT_EQ(figures_of_queue(jobs, std::vector<std::string>{"nonsense"}).row.wrong, 1u);
}

TEST(QueueFigures, CheckTheAnswerOfWork) {
  std::vector<PutJob> jobs = waiting_jobs(1);
  jobs[0].job = {.id = 0, .kind = QueuedJob::Kind::work, .amount = 1000};
  JobRecord record{.id = 0, .taken_ns = kBegin, .finished_ns = kBegin + 1, .answer = 9690993424168521302u};
  EXPECT_EQ(figures_of_queue(jobs, std::vector{to_text(record)}).row.done, 1u);
  record.answer = 1;
  EXPECT_EQ(figures_of_queue(jobs, std::vector{to_text(record)}).row.wrong, 1u);
}

TEST(QueueFigures, OfNothingAreNoDivisionByZero) {
  EXPECT_EQ(figures_of_queue({}, {}).row.jobs_per_s, 0);
  const std::vector<PutJob> jobs = waiting_jobs(2);
  const QueueFigures none = figures_of_queue(jobs, {});
  EXPECT_EQ(none.row.lost, 2u);
  EXPECT_EQ(none.row.jobs_per_s, 0);
  EXPECT_FALSE(none.row.latency_us.contains("queue"));
}

}  // namespace
}  // namespace bakeoff::experiment

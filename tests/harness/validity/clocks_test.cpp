// Programs whose clock counts in another unit than the one that they should report; pauses, which void nothing.
#include "harness/validity/clocks.h"

#include <gmock/gmock.h>

#include "harness/validity/validity.h"

namespace bakeoff::validity {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kNsPerMs = 1'000'000;

/// A job of a second in a program that lived for 1.2 s, which reports `elapsed_ns`.
journal::Trial job_that_says(std::uint64_t elapsed_ns, const std::string& job = "count", std::uint64_t size = 1) {
  journal::Trial trial;
  trial.params.kind = journal::TrialKind::job;
  trial.workload = job;
  trial.params.job_size = size;
  trial.params.units = 2;
  trial.subject_cpus = {0};
  trial.job = journal::JobRow{.executor = "go", .answer = 6, .answer_right = true, .elapsed_ns = elapsed_ns};
  trial.job->lived_ns = 1200 * kNsPerMs;
  judge(trial);
  return trial;
}

TEST(Clocks, AJobThatTookLongerThanItsProgramLivedIsAnotherUnit) {
  EXPECT_EQ(job_that_says(1000 * kNsPerMs).validity, (std::map<std::string, std::string>{}));
  EXPECT_EQ(job_that_says(1200 * kNsPerMs).outcome_detail, "");
  const journal::Trial trial = job_that_says(1'000'000 * kNsPerMs);
  EXPECT_EQ(trial.validity, (std::map<std::string, std::string>{{"everything", "wrong-clock"}}));
  EXPECT_EQ(trial.outcome_detail, "its clock: elapsed_ns says 1e+06 ms, and the program lived for 1200 ms");
  EXPECT_EQ(trial.outcome, journal::Outcome::ok) << "its answer was right";
  EXPECT_FALSE(gives_valid_number(trial));
}

TEST(Clocks, AJobThatTookLessThanItsWorkTakesIsAnotherUnit) {
  EXPECT_EQ(job_that_says(1000 * kNsPerMs, "sleepers", 1000).outcome_detail, "");
  EXPECT_EQ(job_that_says(995 * kNsPerMs, "sleepers", 1000).outcome_detail, "") << "clocks are adjusted";
  EXPECT_THAT(job_that_says(980 * kNsPerMs, "sleepers", 1000).outcome_detail, HasSubstr("takes 1000 ms at the least"));
  // A second in microseconds, milliseconds and hundredths of a second.
  for (const std::uint64_t ticks : {1'000'000U, 1'000U, 100U}) {
    for (const auto& [job, size] :
         {std::pair("sleepers", 1000U), std::pair("sha256", 256U), std::pair("image", 1000U),
          std::pair("spawn", 1'000'000U), std::pair("skynet", 1'000'000U), std::pair("ping-pong", 1'000'000U)}) {
      EXPECT_EQ(job_that_says(ticks, job, size).validity.count("everything"), 1U) << job << " " << ticks;
      EXPECT_EQ(job_that_says(1000 * kNsPerMs, job, size).outcome_detail, "") << job;
    }
  }
}

TEST(Clocks, OfALongLifeTheJobWasNoTinyPart) {
  journal::Trial trial = job_that_says(10 * kNsPerMs);
  EXPECT_EQ(why_clock_is_wrong(trial), "") << "a runtime that starts slowly";
  trial.job->lived_ns = 20'000 * kNsPerMs;
  EXPECT_THAT(why_clock_is_wrong(trial), HasSubstr("a small part of the 20000 ms"));
  trial.job->lived_ns.reset();
  EXPECT_EQ(why_clock_is_wrong(trial), "") << "a row of a version that did not look";
}

TEST(SubjectPauses, AreNoNoiseAndVoidNothing) {
  journal::Trial trial;
  trial.client.emplace().replies_ok = trial.client->requests = 1000;
  trial.client->window_s = 1;
  trial.client->throughput_rps = 1000;
  trial.client->subject_pauses = journal::SubjectPauses{.count = 3, .longest_us = 300'000, .total_us = 500'000};
  trial.foreign_cpu_share = 0.01;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
  EXPECT_EQ(trial.validity, (std::map<std::string, std::string>{}));
  trial.foreign_cpu_share = 0.03;
  EXPECT_EQ(judge_validity(trial), (std::map<std::string, std::string>{{"throughput", "noisy"}, {"latency", "noisy"}}))
      << "where others had the CPU, the pauses are void with the latency";
}

TEST(Clocks, RequestsDoNotWaitForConnectionsMuchLongerThanTheyTake) {
  journal::Trial trial;
  trial.client.emplace().replies_ok = 1000;
  trial.client->window_s = 1;
  trial.client->latency_us["total"] = {.p50 = 1000, .mean = 1000, .count = 1000};
  trial.server_receipt.emplace().requests = 2000;
  trial.server_receipt->calls = 2000;
  trial.server_receipt->call_waits = 500;
  trial.server_receipt->call_wait_us = 1'000'000;
  EXPECT_EQ(why_clock_is_wrong(trial), "") << "half of the time";
  trial.server_receipt->call_wait_us = 1'000'000'000;  // Nanoseconds.
  EXPECT_THAT(why_clock_is_wrong(trial), HasSubstr("call_wait_us says 1000 s of waiting"));
}

}  // namespace
}  // namespace bakeoff::validity

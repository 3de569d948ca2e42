// The checks of `bakeoff selftest` as pure functions: the theory against a simulation of it, and each judgement on
// observations that should pass, fail and not count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/selftest/null_check.h"
#include "harness/selftest/stall_check.h"
#include "harness/selftest/wrong_check.h"

namespace bakeoff::selftest {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;

/// Nothing went wrong, and no other program disturbed the window.
Observation good(std::uint64_t requests) {
  Observation seen;
  seen.client.row.requests = seen.client.row.replies_ok = requests;
  seen.client.row.generators = {{.cpu = 1, .cpu_share = 0.9, .cpu_us = 9e5}};
  seen.client.receipt = {.requests = requests,
                         .acknowledged = requests,
                         .bytes_sent = requests * 64,
                         .bytes_received = requests * 64,
                         .increments_acknowledged = {}};
  seen.server.requests = requests;
  seen.server.bytes_received = seen.server.bytes_sent = requests * 64;
  seen.foreign_share = 0.01;
  seen.steal_share = 0.0;
  return seen;
}

constexpr std::uint64_t kNormalNs = 100'000;

/// What a perfect generator would see of the stall.
Observation stalled(const Stall& stall) {
  const auto requests = static_cast<std::uint64_t>(stall.rate_rps * stall.window_s);
  Observation seen = good(requests);
  stats::Histogram total;
  stats::Histogram slip;
  const double end_s = static_cast<double>(stall.at_request - 1) / stall.rate_rps + stall.stall_s;
  for (std::uint64_t k = 1; k <= requests; ++k) {
    const double due_s = static_cast<double>(k - 1) / stall.rate_rps;
    const double waits_s = k >= stall.at_request ? std::max(0.0, end_s - due_s) : 0.0;
    total.record(static_cast<std::uint64_t>(waits_s * 1e9) + kNormalNs);
    slip.record(1000);
  }
  seen.client.row.latency_us["total"] = total.summary_us();
  seen.client.row.latency_us["slip"] = slip.summary_us();
  seen.client.row.subject_pauses =
      journal::SubjectPauses{.count = 1, .longest_us = stall.stall_s * 1e6, .total_us = stall.stall_s * 1e6};
  return seen;
}

TEST(StallTheory, IsWhatASimulationOfTheStallGives) {
  for (const Stall& stall : {Stall{}, Stall{.stall_s = 1, .window_s = 10, .rate_rps = 2000, .at_request = 4001},
                             Stall{.stall_s = 0.1, .window_s = 2, .rate_rps = 5000, .at_request = 1}}) {
    const stats::LatencySummary total = stalled(stall).client.row.latency_us.at("total");
    const double normal_s = kNormalNs / 1e9;
    // One request more or less, and the width of a bucket.
    const auto near = [&](double us, double quantile) {
      const double s = us / 1e6;
      EXPECT_NEAR(s, stalled_quantile_s(stall, quantile) + normal_s, 1 / stall.rate_rps + 0.008 * s) << quantile;
    };
    near(total.p99, 0.99);
    near(total.p999, 0.999);
    near(total.max, 1);
    near(total.p50, 0.5);
  }
}

TEST(StallTheory, SaysOfTheStallThatSelftestMakes) {
  const Stall stall;
  EXPECT_NEAR(stalled_quantile_s(stall, 0.99), 0.360, 1e-9);
  EXPECT_NEAR(stalled_quantile_s(stall, 0.999), 0.396, 1e-9);
  EXPECT_NEAR(stalled_quantile_s(stall, 1), 0.400, 1e-9);
  EXPECT_EQ(stalled_quantile_s(stall, 0.5), 0);
}

TEST(StallCheck, PassesWhatAPerfectGeneratorSees) {
  const Judgement judgement = judge_open({}, stalled({}));
  EXPECT_EQ(judgement.void_reason, "");
  EXPECT_THAT(judgement.findings, SizeIs(4));
  EXPECT_THAT(judgement.findings, Each(Field(&CheckFinding::verdict, CheckVerdict::passed)));
}

TEST(StallCheck, FailsEachFigureThatIsOffByMoreThanItsTolerance) {
  for (double stats::LatencySummary::*figure :
       {&stats::LatencySummary::p99, &stats::LatencySummary::p999, &stats::LatencySummary::max}) {
    for (const double factor : {0.96, 1.04}) {
      Observation seen = stalled({});
      seen.client.row.latency_us["total"].*figure *= factor;
      const Judgement judgement = judge_open({}, seen);
      EXPECT_EQ(judgement.void_reason, "");
      int failed = 0;
      for (const CheckFinding& finding : judgement.findings) failed += finding.verdict == CheckVerdict::failed ? 1 : 0;
      EXPECT_EQ(failed, 1);
    }
  }
}

TEST(StallCheck, FailsAPauseThatIsOffByMoreThanItsToleranceOrWasNotSeen) {
  for (const double factor : {0.0, 0.96, 1.0, 1.04}) {
    Observation seen = stalled({});
    seen.client.row.subject_pauses->longest_us *= factor;
    const CheckFinding finding = judge_open({}, seen).findings.back();
    EXPECT_EQ(finding.name, "stall, pause");
    EXPECT_EQ(finding.verdict, factor == 1.0 ? CheckVerdict::passed : CheckVerdict::failed) << factor;
  }
}

TEST(StallCheck, FailsAGeneratorThatOmitsWhatItDidNotSend) {
  // One slow reply, and the requests that were due meanwhile counted from when they were sent.
  Observation seen = good(2000);
  stats::Histogram total;
  total.record(kNormalNs, 1999);
  total.record(400'000'000);
  seen.client.row.latency_us["total"] = total.summary_us();
  const Judgement judgement = judge_open({}, seen);
  EXPECT_EQ(judgement.findings[0].verdict, CheckVerdict::failed);
  EXPECT_EQ(judgement.findings[1].verdict, CheckVerdict::failed);
  EXPECT_EQ(judgement.findings[2].verdict, CheckVerdict::passed);  // The maximum cannot hide it.
  EXPECT_EQ(judge_closed({}, seen).findings[0].verdict, CheckVerdict::shown);
}

TEST(StallCheck, IsVoidWhenTheGeneratorWasLate) {
  Observation seen = stalled({});
  seen.client.row.latency_us["slip"].max = 3999;
  EXPECT_EQ(judge_open({}, seen).void_reason, "");
  seen.client.row.latency_us["slip"].max = 4001;
  EXPECT_THAT(judge_open({}, seen).void_reason, HasSubstr("slipped"));
}

TEST(StallCheck, AsksForMoreRequestsOnTheWayThanComeDueInTheStall) {
  const Stall stall;
  EXPECT_GT(static_cast<double>(open_plan(stall).load.pipeline), stall.rate_rps * stall.stall_s);
  EXPECT_EQ(closed_plan(stall).load.pipeline, 1U);
  EXPECT_FALSE(closed_plan(stall).load.is_open());
  EXPECT_EQ(stall_faults(stall).stall, std::chrono::milliseconds(400));
}

TEST(NullCheck, PassesAndGivesTheCeiling) {
  Observation seen = good(100'000);
  seen.client.row.throughput_rps = 100'000;
  const Judgement judgement = judge_null("echo", seen);
  EXPECT_EQ(judgement.void_reason, "");
  ASSERT_THAT(judgement.findings, SizeIs(1));
  const CheckFinding& finding = judgement.findings[0];
  EXPECT_EQ(finding.verdict, CheckVerdict::passed);
  EXPECT_EQ(finding.measured, "100k requests/s, 9.00 us each, 90 % busy");
  EXPECT_DOUBLE_EQ(finding.figures.at("generator_cpu_us_per_request"), 9);
}

TEST(NullCheck, FailsForAWrongReplyAndForNone) {
  Observation seen = good(1000);
  seen.client.row.wrong_answers = 1;
  EXPECT_EQ(judge_null("echo", seen).findings[0].verdict, CheckVerdict::failed);
  EXPECT_EQ(judge_null("echo", good(0)).findings[0].verdict, CheckVerdict::failed);
}

struct Spoilt {
  const char* named;
  void (*spoil)(Observation&);
};

TEST(AnyCheck, FailsForErrorsAndForReceiptsThatDifferAndNoNoiseExcusesThem) {
  const Spoilt all[] = {
      {"closed",
       [](Observation& seen) {
         seen.client.row.errors = {{"closed", "", 2}};
       }},
      {"3 requests got no reply", [](Observation& seen) { seen.client.row.unfinished = 3; }},
      {"receipt-mismatch", [](Observation& seen) { ++*seen.server.requests; }},
      {"receipt-mismatch", [](Observation& seen) { seen.server.requests.reset(); }},
      {"receipt-mismatch", [](Observation& seen) { --seen.client.receipt.acknowledged; }},
      {"bytes", [](Observation& seen) { ++*seen.server.bytes_sent; }},
      {"bytes", [](Observation& seen) { ++*seen.server.bytes_received; }},
  };
  for (const auto& [named, spoil] : all) {
    for (const double foreign : {0.0, 0.5}) {
      Observation seen = stalled({});
      seen.client.row.wrong_answers = 2;
      seen.foreign_share = foreign;
      seen.client.row.latency_us["slip"].max = 1e6 * foreign;
      spoil(seen);
      for (const Judgement& judgement : {judge_open({}, seen), judge_closed({}, seen), judge_wrong("echo", seen)}) {
        EXPECT_EQ(judgement.void_reason, "") << named;
        EXPECT_THAT(judgement.findings, Each(Field(&CheckFinding::verdict, CheckVerdict::failed))) << named;
        EXPECT_THAT(judgement.findings, Each(Field(&CheckFinding::why, HasSubstr(named))));
      }
    }
  }
}

TEST(AnyCheck, ThatHadToGiveUpRequestsIsVoidOnABusyMachineAndFailsOnAQuietOne) {
  for (const double foreign : {0.0, 0.5}) {
    Observation seen = good(5000);
    seen.client.row.errors = {{"timeout", "", 64}};
    seen.client.row.unfinished = 64;
    seen.foreign_share = foreign;
    for (const Judgement& judgement :
         {judge_null("echo", seen), judge_open({}, seen), judge_closed({}, seen), judge_wrong("echo", seen)}) {
      EXPECT_EQ(judgement.void_reason.empty(), foreign == 0.0);
      EXPECT_THAT(judgement.findings, Each(Field(&CheckFinding::verdict, CheckVerdict::failed)));
    }
    seen.client.row.errors.push_back({"closed", "", 1});
    EXPECT_EQ(judge_null("echo", seen).void_reason, "");
  }
}

TEST(AnyCheck, OfTheClockIsVoidWhenOthersTookMoreThanTheLimit) {
  for (auto Observation::*share : {&Observation::foreign_share, &Observation::steal_share}) {
    Observation seen = stalled({});
    seen.*share = 0.02;
    EXPECT_EQ(judge_open({}, seen).void_reason, "");
    seen.*share = 0.021;
    EXPECT_THAT(judge_open({}, seen).void_reason, HasSubstr("noisy"));
    EXPECT_THAT(judge_null("http", seen).void_reason, HasSubstr("noisy"));
    seen.*share = {};
    EXPECT_EQ(judge_open({}, seen).void_reason, "");
  }
}

TEST(AnyCheck, OfTheClockIsVoidWhenAQuotaHeldUpASide) {
  Observation seen = stalled({});
  seen.quota = measure::CpuQuota{.cpus = 0.4, .periods = 10, .throttled_periods = 0, .throttled_us = 0};
  EXPECT_EQ(judge_open({}, seen).void_reason, "");
  seen.quota->throttled_us = 2000;
  EXPECT_EQ(judge_open({}, seen).void_reason, "throttled: a CPU quota of 0.4 held up a side for 2 ms");
}

TEST(WrongCheck, PassesTheExactNumberOnly) {
  Observation seen = good(12'999);
  seen.foreign_share = 0.9;  // Counting does not depend on it.
  for (const std::uint64_t found : {11, 12, 13}) {
    seen.client.row.wrong_answers = found;
    const Judgement judgement = judge_wrong("http", seen);
    EXPECT_EQ(judgement.void_reason, "");
    EXPECT_EQ(judgement.findings[0].verdict, found == 12 ? CheckVerdict::passed : CheckVerdict::failed) << found;
  }
}

TEST(WrongCheck, FailsWhenThereWasNothingToFind) {
  EXPECT_EQ(judge_wrong("echo", good(999)).findings[0].verdict, CheckVerdict::failed);
}

/// Judgements one after another, the last for ever. `waits` counts what was done before another attempt.
FinishedCheck finished(std::vector<Judgement> judgements, std::size_t* waits = nullptr) {
  std::size_t next = 0;
  return run_attempts([&] { return judgements[std::min(next++, judgements.size() - 1)]; },
                      [&] {
                        if (waits != nullptr) ++*waits;
                      });
}

const Judgement kPassed{"", {CheckFinding{.name = "a"}}};
const Judgement kFailed{"", {CheckFinding{.name = "a", .verdict = CheckVerdict::failed, .why = "off"}}};
const Judgement kNoisyPass{"noisy", {CheckFinding{.name = "a"}}};
const Judgement kNoisyFail{"noisy", {CheckFinding{.name = "a", .verdict = CheckVerdict::failed, .why = "off"}}};

TEST(RunAttempts, TakesTheFirstWindowThatCountsWhateverItSays) {
  EXPECT_EQ(finished({kPassed, kFailed}).attempts, 1U);
  EXPECT_EQ(finished({kFailed, kPassed}).findings[0].verdict, CheckVerdict::failed);
  std::size_t waits = 0;
  const FinishedCheck third = finished({kNoisyPass, kNoisyFail, kFailed, kPassed}, &waits);
  EXPECT_EQ(third.attempts, 3U);
  EXPECT_EQ(waits, 2U);
  EXPECT_THAT(third.void_reasons, SizeIs(2));
  EXPECT_EQ(third.findings[0].verdict, CheckVerdict::failed);
  EXPECT_EQ(finished({kNoisyFail, kPassed}).findings[0].verdict, CheckVerdict::passed);
}

TEST(RunAttempts, GivesUpAfterTenAndWavesNothingThrough) {
  const FinishedCheck never = finished({kNoisyPass});
  EXPECT_EQ(never.attempts, 10U);
  EXPECT_EQ(never.findings[0].verdict, CheckVerdict::voided);
  EXPECT_EQ(never.findings[0].why, "noisy");
}

TEST(RunAttempts, GivesUpEarlierWhereAnAttemptTakesLong) {
  const FinishedCheck never = run_attempts([] { return kNoisyPass; }, [] {}, 3);
  EXPECT_EQ(never.attempts, 3U);
  EXPECT_EQ(never.findings[0].verdict, CheckVerdict::voided);
}

TEST(RunAttempts, OfAllChecksTheWorstCounts) {
  const FinishedCheck passed = finished({kPassed});
  const FinishedCheck failed = finished({kFailed});
  const FinishedCheck voided = finished({kNoisyPass});
  EXPECT_EQ(overall({passed, passed}), CheckVerdict::passed);
  EXPECT_EQ(overall({passed, voided, passed}), CheckVerdict::voided);
  EXPECT_EQ(overall({voided, failed, passed}), CheckVerdict::failed);
}

}  // namespace
}  // namespace bakeoff::selftest

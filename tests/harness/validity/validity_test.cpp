// Each rule twice: at its bound, where the number stands, and just above it, where it is void.
#include "harness/validity/validity.h"

#include <gmock/gmock.h>

#include <limits>

namespace bakeoff::validity {
namespace {

using Voids = std::map<std::string, std::string>;

// A trial in which nothing is wrong: 64 connections, 10,000 requests per second, 6.4 ms each.
journal::Trial good_trial() {
  journal::Trial trial;
  journal::ClientRow client;
  client.generators = {{.cpu = 1, .cpu_share = 0.5, .cpu_us = 5e5}};
  client.requests = client.replies_ok = 10'000;
  client.connections_open = client.connections_served = 64;
  client.window_s = 1;
  client.throughput_rps = 10'000;
  client.mean_outstanding = 64;
  client.latency_us["total"] = {
      .p50 = 6000, .p90 = 7000, .p99 = 8000, .p999 = 9000, .max = 9500, .mean = 6400, .count = 10'000};
  trial.client = client;
  journal::SubjectRow subject;
  subject.cpu_us = 5e5;
  subject.cpu_share = 0.5;
  trial.subject_cost = subject;
  trial.client_receipt =
      journal::ClientReceipt{.requests = 12'000, .acknowledged = 12'000, .increments_acknowledged = 11'000};
  trial.server_receipt.emplace().requests = 12'000;
  trial.server_receipt->final_counter = 11'000;
  trial.foreign_cpu_share = 0.01;
  trial.steal_share = 0.0;
  return trial;
}

journal::Trial job_trial() {
  journal::Trial trial;
  trial.params.kind = journal::TrialKind::job;
  trial.job = journal::JobRow{.executor = "thread", .answer = 6, .answer_right = true, .elapsed_ns = 1000};
  return trial;
}

TEST(Validity, AGoodTrialHasNothingVoid) {
  journal::Trial trial = good_trial();
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
  EXPECT_EQ(trial.validity, Voids{});
  EXPECT_EQ(trial.outcome_detail, "");
  EXPECT_EQ(judge_validity(journal::Trial{}), Voids{});
}

TEST(Validity, ABusyGeneratorBesideAnIdleSubjectVoidsThroughputAndLatency) {
  const Voids bound{{"throughput", "generator-bound"}, {"latency", "generator-bound"}};
  journal::Trial trial = good_trial();
  trial.foreign_cpu_share = 0;
  auto& share = trial.client->generators[0].cpu_share;
  share = 0.90;
  EXPECT_EQ(judge_validity(trial), Voids{});
  share = 0.901;
  EXPECT_EQ(judge_validity(trial), bound);
  trial.subject_cost->cpu_share = 0.899;
  EXPECT_EQ(judge_validity(trial), bound);
  trial.subject_cost->cpu_share = 0.90;  // Both are full: the subject is the limit too.
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, TheBusiestGeneratorCounts) {
  journal::Trial trial = good_trial();
  trial.client->generators.push_back({.cpu = 2, .cpu_share = 0.95});
  EXPECT_EQ(judge_validity(trial).at("throughput"), "generator-bound");
  trial.client->generators[1].cpu_share.reset();
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, ThreadsThatShareACpuFillItTogether) {
  journal::Trial trial = good_trial();
  trial.client->generators = {
      {.cpu = 1, .cpu_share = 0.5}, {.cpu = 1, .cpu_share = 0.45}, {.cpu = 2, .cpu_share = 0.5}};
  EXPECT_EQ(judge_validity(trial).at("throughput"), "generator-bound");
  trial.client->generators[1].cpu = 3;
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, WhatOthersTakeFillsTheSubjectsCpusToo) {
  journal::Trial trial = good_trial();
  trial.client->generators[0].cpu_share = 0.95;
  trial.subject_cost->cpu_share = 0.885;
  trial.foreign_cpu_share = 0.016;
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, ASubjectOfUnknownLoadHasNotBeenShownToBeTheLimit) {
  journal::Trial trial = good_trial();
  trial.client->generators[0].cpu_share = 0.95;
  trial.subject_cost.reset();
  EXPECT_EQ(judge_validity(trial).at("latency"), "generator-bound");
}

TEST(Validity, ForeignCpuAboveTwoPercentVoidsThroughputAndLatencyButNotCpu) {
  const Voids noisy{{"throughput", "noisy"}, {"latency", "noisy"}};
  for (const bool steal : {false, true}) {
    journal::Trial trial = good_trial();
    auto& share = steal ? trial.steal_share : trial.foreign_cpu_share;
    share = 0.02;
    EXPECT_EQ(judge_validity(trial), Voids{});
    share = 0.021;
    EXPECT_EQ(judge_validity(trial), noisy);
    share = 0.20;
    EXPECT_EQ(judge_validity(trial), noisy);
    share = 0.201;
    EXPECT_EQ(judge_validity(trial).at("cpu_per_request"), "noisy");
  }
}

TEST(Validity, NoiseVoidsAJobsTimeFirstAndItsCpuLater) {
  journal::Trial trial = job_trial();
  trial.foreign_cpu_share = 0.021;
  EXPECT_EQ(judge_validity(trial), (Voids{{"elapsed", "noisy"}}));
  trial.foreign_cpu_share = 0.201;
  EXPECT_EQ(judge_validity(trial), (Voids{{"elapsed", "noisy"}, {"cpu", "noisy"}}));
}

TEST(Validity, LittlesLawVoidsLatencyWhenOffByMoreThanTenPercent) {
  journal::Trial trial = good_trial();
  stats::LatencySummary& total = trial.client->latency_us["total"];
  for (const double mean : {6400 * 0.901, 6400 * 1.099}) {
    total.mean = mean;
    EXPECT_EQ(judge_validity(trial), Voids{}) << mean;
  }
  for (const double mean : {6400 * 0.899, 6400 * 1.101, std::numeric_limits<double>::quiet_NaN()}) {
    total.mean = mean;
    EXPECT_EQ(judge_validity(trial), (Voids{{"latency", "littles-law"}})) << mean;
  }
  trial.client->mean_outstanding.reset();
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, LittlesLawCountsTheRequestsThatWereNeverAnswered) {
  // 60 of the 64 connections are never served and wait the whole second: 60 requests are always outstanding.
  journal::Trial trial = good_trial();
  trial.outcome = journal::Outcome::starved;
  trial.client->unfinished = 60;
  trial.client->connections_served = 4;
  stats::LatencySummary& total = trial.client->latency_us["total"];
  total.count = 10'060;
  total.mean = (10'000 * 400.0 + 60 * 1e6) / 10'060;
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, LateRequestsVoidTheirPercentileOnly) {
  journal::Trial trial = good_trial();
  trial.client->latency_us["slip"] = {.p50 = 1500, .p90 = 1750, .p99 = 2000, .p999 = 2250};
  EXPECT_EQ(judge_validity(trial), Voids{});
  trial.client->latency_us["slip"].p99 = 2001;
  EXPECT_EQ(judge_validity(trial), (Voids{{"latency.p99", "slipped"}}));
}

TEST(Validity, WhatWasOnTheWayAtTheEndOfTheWindowIsNotMissing) {
  journal::Trial trial = good_trial();
  trial.client->offered_rps = 10'000;
  trial.client->outstanding_at_end = 60;
  trial.client->throughput_rps = 9'840;
  EXPECT_EQ(judge_validity(trial), Voids{});
  trial.client->throughput_rps = 9'839;
  EXPECT_EQ(judge_validity(trial), (Voids{{"latency", "underdelivered"}}));
}

TEST(Validity, AServerThatStallsUntilTheEndOfTheWindowHasNotDeliveredWhatIsOnTheWay) {
  journal::Trial trial = good_trial();
  trial.client->offered_rps = 10'000;
  trial.client->throughput_rps = 5'000;
  trial.client->outstanding_at_end = 5'000;
  EXPECT_EQ(judge_validity(trial), (Voids{{"latency", "underdelivered"}}));
}

TEST(Validity, AGeneratorThatLostItsCpuToOthersMeasuresItsOwnWaiting) {
  journal::Trial trial = good_trial();
  trial.load_foreign_share = 0.2;
  EXPECT_EQ(judge_validity(trial), Voids{});
  trial.load_foreign_share = 0.21;
  EXPECT_EQ(judge_validity(trial), (Voids{{"latency", "noisy"}, {"throughput", "noisy"}}));
}

TEST(Validity, AGeneratorThatSpinsIsBusyByChoice) {
  journal::Trial trial = good_trial();
  trial.client->generators[0].cpu_share = 1;
  trial.params.load.spin = true;
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Outcome, ConnectionsThatWereNeverAskedAreNotStarved) {
  journal::Trial trial = good_trial();
  trial.client->connections_open = 64;
  trial.client->connections_served = trial.client->connections_asked.emplace(20);
  EXPECT_EQ(judge_outcome(trial), journal::Outcome::ok);
  trial.client->connections_served = 19;
  EXPECT_EQ(judge_outcome(trial), journal::Outcome::starved);
}

TEST(Validity, TooLittleDeliveredVoidsLatencyUnlessTheSubjectWasFull) {
  journal::Trial trial = good_trial();
  trial.client->mean_outstanding.reset();
  trial.client->offered_rps = 10'000 / 0.99;
  EXPECT_EQ(judge_validity(trial), Voids{});
  trial.client->offered_rps = 10'000 / 0.989;
  EXPECT_EQ(judge_validity(trial), (Voids{{"latency", "underdelivered"}}));
  trial.subject_cost->cpu_share = 0.95;
  judge(trial);
  EXPECT_EQ(trial.validity, Voids{});
  EXPECT_EQ(trial.outcome, journal::Outcome::overloaded);
}

TEST(Validity, WrongAnswersVoidEverything) {
  journal::Trial trial = good_trial();
  trial.client->wrong_answers = 1;
  judge(trial);
  EXPECT_EQ(trial.validity, (Voids{{"everything", "wrong-answers"}}));
  EXPECT_EQ(trial.outcome, journal::Outcome::errors);
  EXPECT_EQ(trial.outcome_detail, "1 wrong answers");
  trial = job_trial();
  trial.job->answer_right = false;
  judge(trial);
  EXPECT_EQ(trial.validity, (Voids{{"everything", "wrong-answers"}}));
  EXPECT_EQ(trial.outcome, journal::Outcome::errors);
}

TEST(Validity, ACounterThatLostAnIncrementOrGaveANumberTwiceVoidsEverything) {
  journal::Trial trial = good_trial();
  trial.client->counter = journal::CounterCheck{.initial = 5, .final = 12'004, .acknowledged = 12'000, .lost = 1};
  judge(trial);
  EXPECT_EQ(trial.validity, (Voids{{"everything", "wrong-answers"}}));
  EXPECT_EQ(trial.outcome, journal::Outcome::errors);
  EXPECT_EQ(trial.outcome_detail, "1 acknowledged increments lost, 0 answered twice");
  trial = good_trial();
  trial.client->counter = journal::CounterCheck{.final = 12'000, .acknowledged = 12'000, .duplicates = 2};
  judge(trial);
  EXPECT_EQ(trial.validity, (Voids{{"everything", "wrong-answers"}}));
  EXPECT_EQ(trial.outcome_detail, "0 acknowledged increments lost, 2 answered twice");
}

TEST(Validity, ACounterOnWhichOthersCountTooVoidsNothing) {
  journal::Trial trial = good_trial();
  trial.client->counter = journal::CounterCheck{.final = 12'500, .acknowledged = 12'000, .surplus = 500};
  judge(trial);
  EXPECT_EQ(trial.validity, Voids{});
  EXPECT_EQ(trial.outcome, journal::Outcome::ok);
}

TEST(Receipts, MustBeEqualWhenNothingFailed) {
  const Voids mismatch{{"everything", "receipt-mismatch"}};
  for (const int off : {-1, 1}) {
    journal::Trial trial = good_trial();
    trial.server_receipt->requests = static_cast<std::uint64_t>(12'000 + off);
    EXPECT_EQ(judge_validity(trial), mismatch) << off;
    trial = good_trial();
    trial.server_receipt->final_counter = 11'000 + off;
    EXPECT_EQ(judge_validity(trial), mismatch) << off;
  }
  journal::Trial trial = good_trial();
  trial.client_receipt->requests = 12'001;
  trial.server_receipt->requests = 12'001;
  EXPECT_EQ(judge_validity(trial), mismatch);
}

TEST(Receipts, MayDifferInsideTheirBoundsWhenSomethingFailed) {
  journal::Trial trial = good_trial();
  trial.client->errors = {{"read", "ECONNRESET", 3}};
  trial.client_receipt->requests = 12'005;
  for (const std::uint64_t served : {12'000u, 12'003u, 12'005u}) {
    trial.server_receipt->requests = served;
    trial.server_receipt->final_counter = static_cast<std::int64_t>(served) - 1000;
    EXPECT_EQ(judge_validity(trial), Voids{}) << served;
  }
  for (const std::uint64_t served : {11'999u, 12'006u}) {
    trial.server_receipt->requests = served;
    EXPECT_EQ(judge_validity(trial), (Voids{{"everything", "receipt-mismatch"}})) << served;
  }
  trial.server_receipt->requests = 12'005;
  for (const std::int64_t counter : {10'999, 11'006}) {
    trial.server_receipt->final_counter = counter;
    EXPECT_EQ(judge_validity(trial), (Voids{{"everything", "receipt-mismatch"}})) << counter;
  }
}

TEST(Receipts, MoreRepliesThanRequestsAreAMismatchInAnyCase) {
  journal::Trial trial = good_trial();
  trial.outcome = journal::Outcome::died;
  trial.client_receipt->acknowledged = 12'001;
  EXPECT_EQ(judge_validity(trial).at("everything"), "receipt-mismatch");
}

TEST(Receipts, ThatAreMissingProveNothing) {
  journal::Trial trial = good_trial();
  trial.server_receipt.reset();
  EXPECT_EQ(judge_validity(trial), Voids{});
  trial = good_trial();
  trial.server_receipt->requests.reset();
  trial.server_receipt->final_counter.reset();
  EXPECT_EQ(judge_validity(trial), Voids{});
}

TEST(Validity, OfSeveralReasonsTheFirstOfTheTableIsNamed) {
  journal::Trial trial = good_trial();
  trial.client->generators[0].cpu_share = 0.95;
  trial.steal_share = 0.3;
  trial.client->mean_outstanding = 640;
  EXPECT_EQ(judge_validity(trial),
            (Voids{{"throughput", "generator-bound"}, {"latency", "generator-bound"}, {"cpu_per_request", "noisy"}}));
}

TEST(Outcome, WhatTheRunnerHasSetStays) {
  for (const journal::Outcome set : {journal::Outcome::died, journal::Outcome::limit, journal::Outcome::not_run,
                                     journal::Outcome::overloaded, journal::Outcome::starved}) {
    journal::Trial trial = good_trial();
    trial.outcome = set;
    trial.outcome_detail = "exited with 3";
    trial.client->errors = {{"read", "ECONNRESET", 3}};
    judge(trial);
    EXPECT_EQ(trial.outcome, set);
    EXPECT_EQ(trial.outcome_detail, "exited with 3");
  }
}

TEST(Outcome, ConnectionsThatWereNeverServedAreStarved) {
  journal::Trial trial = good_trial();
  trial.client->connections_served = 4;
  trial.client->unfinished = 60;
  trial.client->errors = {{"timeout", "", 60}};
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::starved);
  EXPECT_EQ(trial.outcome_detail, "4 of 64 connections served");
}

TEST(Outcome, ErrorsComeBeforeStarvation) {
  journal::Trial trial = good_trial();
  trial.client->connections_served = 61;
  trial.client->errors = {{"read", "ECONNRESET", 2}, {"connect", "ECONNREFUSED", 1}};
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::errors);
  EXPECT_EQ(trial.outcome_detail, "3 errors");
}

TEST(Outcome, RequestsThatWereNeverAnsweredAreOverload) {
  journal::Trial trial = good_trial();
  trial.client->unfinished = 5;
  judge(trial);
  EXPECT_EQ(trial.outcome, journal::Outcome::overloaded);
  EXPECT_EQ(trial.outcome_detail, "5 requests never answered");
}

TEST(Outcome, RequestsThatFoundNoFreeConnectionAreOverload) {
  for (const std::string phase : {"late", "shed"}) {
    journal::Trial trial = good_trial();
    trial.client->errors = {{phase, "", 7}};
    judge(trial);
    EXPECT_EQ(trial.outcome, journal::Outcome::overloaded) << phase;
    EXPECT_EQ(trial.outcome_detail, "7 requests never sent: no connection free");
    trial.client->errors.push_back({"read", "ECONNRESET", 1});
    trial.outcome = journal::Outcome::ok;
    EXPECT_EQ(judge_outcome(trial), journal::Outcome::errors) << "a real error is not hidden by them";
  }
}

TEST(Outcome, TimeoutsAloneAreErrors) {
  journal::Trial trial = good_trial();
  trial.client->errors = {{"timeout", "", 1}};
  EXPECT_EQ(judge_outcome(trial), journal::Outcome::errors);
  trial.client->errors = {{"read", "", 0}};
  EXPECT_EQ(judge_outcome(trial), journal::Outcome::ok);
}

TEST(VoidReason, CoversPercentilesByTheirClassAndAllByEverything) {
  journal::Trial trial = good_trial();
  trial.validity = {{"latency", "noisy"}};
  EXPECT_EQ(void_reason(trial, "latency.p99"), "noisy");
  EXPECT_EQ(void_reason(trial, "throughput"), "");
  trial.validity = {{"latency.p99", "slipped"}};
  EXPECT_EQ(void_reason(trial, "latency.p99"), "slipped");
  EXPECT_EQ(void_reason(trial, "latency.p50"), "");
  trial.validity = {{"everything", "wrong-answers"}};
  EXPECT_EQ(void_reason(trial, "cpu_per_request"), "wrong-answers");
  EXPECT_EQ(void_reason(trial, ""), "wrong-answers");
}

TEST(Advice, IsThereForEveryReasonAndOneSentence) {
  for (const std::string_view reason :
       {reason::kWrongAnswers, reason::kReceiptMismatch, reason::kLoadFailed, reason::kPartOfTheWork,
        reason::kThrottled, reason::kPaused, reason::kGeneratorBound, reason::kUnderdelivered, reason::kNoisy,
        reason::kReadLate, reason::kLittlesLaw, reason::kSlipped}) {
    EXPECT_GT(advice(reason).size(), 20u) << reason;
    EXPECT_EQ(advice(reason).find('\n'), std::string_view::npos);
  }
  EXPECT_EQ(advice("no-such-reason"), "");
}

}  // namespace
}  // namespace bakeoff::validity

// The checks of the comparison as pure functions: their bound against enumeration, and judgements on rows that should
// pass, fail and not count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <random>
#include <set>

#include "harness/selftest/more_work_check.h"
#include "harness/selftest/same_check.h"
#include "harness/validity/validity.h"

namespace bakeoff::selftest {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

subjects::Inventory offer_of(const std::vector<std::string>& models) {
  subjects::Inventory inventory;
  for (const std::string& model : models) {
    subjects::Subject subject;
    subject.name = subject.model = model;
    inventory.subjects.push_back(subject);
  }
  inventory.workloads = {{"echo", ""}, {"http", ""}, {"counter", ""}};
  return inventory;
}

const subjects::Inventory& four_models() {
  static const subjects::Inventory inventory = offer_of({"threads", "prefork", "fibers", "event-loop"});
  return inventory;
}

journal::Trial row_of(const std::string& table, const std::string& subject, int block, double cpu_us) {
  journal::Trial row;
  row.trial_id = table + "-" + subject;
  row.table = table;
  row.subject = subject;
  row.block = block;
  row.client = journal::ClientRow{};
  row.client->replies_ok = 140;
  row.subject_cost = journal::SubjectRow{};
  row.subject_cost->cpu_us_per_request = cpu_us;
  return row;
}

/// Rows in which a pair is cheaper and more expensive by turns, except those before `one_sided`, which are always more
/// expensive.
std::vector<journal::Trial> same_rows(const std::vector<Experiment>& experiments, std::size_t one_sided) {
  std::vector<journal::Trial> rows;
  std::size_t cell = 0;
  for (const Experiment& experiment : experiments) {
    for (std::size_t i = 0; i < experiment.subjects.size(); i += 2, ++cell) {
      for (int block = 0; block < static_cast<int>(kSameBlocks); ++block) {
        const double other = cell < one_sided || block % 2 == 0 ? 10.1 : 9.9;
        rows.push_back(row_of(experiment.spec.tables[0].name, experiment.subjects[i].name, block, 10));
        rows.push_back(row_of(experiment.spec.tables[0].name, experiment.subjects[i + 1].name, block, other));
      }
    }
  }
  return rows;
}

void disturb(std::vector<journal::Trial>& rows, const std::string& table, const std::string& subject) {
  for (journal::Trial& row : rows) {
    if (row.table == table && row.subject == subject && row.block == 3) row.validity["cpu_per_request"] = "noisy";
  }
}

TEST(BinomialBound, IsWhatAnEnumerationOfAllOutcomesGives) {
  for (const std::size_t n : {1U, 5U, 10U, 12U}) {
    for (const double p : {0.03125, 0.2, 0.5}) {
      std::vector<double> probability(n + 1, 0.0);
      for (unsigned outcome = 0; outcome < 1U << n; ++outcome) {
        const auto claims = static_cast<std::size_t>(std::popcount(outcome));
        probability[claims] +=
            std::pow(p, static_cast<double>(claims)) * std::pow(1 - p, static_cast<double>(n - claims));
      }
      std::size_t bound = 0;
      for (double sum = probability[0]; sum < kBoundLevel; sum += probability[bound]) ++bound;
      EXPECT_EQ(binomial_bound(n, p), bound) << n << " " << p;
    }
  }
  EXPECT_EQ(binomial_bound(12, 0.03125), 3U);
  EXPECT_EQ(binomial_bound(0, 0.03125), 0U);
}

TEST(SameCheck, MeasuresEveryModelWithEveryWorkloadAgainstItself) {
  const auto experiments = same_experiments(four_models());
  ASSERT_THAT(experiments, SizeIs(3));
  for (const Experiment& experiment : experiments) {
    EXPECT_EQ(experiment.spec.blocks, 6U);
    ASSERT_THAT(experiment.subjects, SizeIs(8));
    for (std::size_t i = 0; i < 8; i += 2) {
      EXPECT_NE(experiment.subjects[i].name, experiment.subjects[i + 1].name);
      EXPECT_EQ(experiment.subjects[i].model, experiment.subjects[i + 1].model);
      EXPECT_EQ(experiment.subjects[i].arguments, experiment.subjects[i + 1].arguments);
      EXPECT_EQ(experiment.spec.subjects[i], experiment.subjects[i].name);
    }
  }
}

TEST(SameCheck, WithMoreModelsIsBoundedAndEachStandsOnceBeforeAnyStandsTwice) {
  const std::vector<std::string> models = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  const std::vector<std::string> workloads = {"echo", "http", "counter"};
  const auto cells = same_cells(models, workloads);
  ASSERT_THAT(cells, SizeIs(kMostSameCells));
  std::set<std::string> first;
  std::set<std::string> used;
  std::set<std::pair<std::string, std::string>> distinct;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i < models.size()) first.insert(cells[i].model);
    used.insert(cells[i].workload);
    distinct.emplace(cells[i].model, cells[i].workload);
  }
  EXPECT_THAT(first, SizeIs(models.size()));
  EXPECT_THAT(used, SizeIs(3));
  EXPECT_THAT(distinct, SizeIs(cells.size()));
}

TEST(SameCheck, OfANamedSubjectHasAPairForEachWorkloadThatItServesWholeAndEachNumberOfConnections) {
  const subjects::Inventory inventory = four_models();
  auto foreign = std::make_shared<subjects::ForeignServer>();
  foreign->serves = {{"http", {"*", "/file/{k}"}}, {"echo", {"lines"}}};
  subjects::Subject runtime;
  runtime.name = runtime.model = "go:heap=64";
  runtime.foreign = foreign;
  const auto experiments = same_experiments_of(runtime, inventory.workloads);
  ASSERT_THAT(experiments, SizeIs(2)) << "http, with 4 connections and with 16";
  for (const Experiment& experiment : experiments) {
    ASSERT_THAT(experiment.subjects, SizeIs(2));
    EXPECT_EQ(experiment.subjects[0].name, "go:heap=64");
    EXPECT_EQ(experiment.subjects[1].name, "go:heap=64-again");
    EXPECT_FALSE(experiment.spec.tables.front().fixed_warm_up);
  }
  EXPECT_THAT(same_experiments_of(inventory.subjects.front(), inventory.workloads), SizeIs(6));
  foreign->serves.erase("http");
  EXPECT_THAT(same_experiments_of(runtime, inventory.workloads), SizeIs(0));
}

TEST(SameCheck, OfANamedSubjectPassesUpToItsBoundAndIsVoidWithFewerPairsThanItNeeds) {
  const subjects::Inventory inventory = four_models();
  const auto experiments = same_experiments_of(inventory.subjects.front(), inventory.workloads);
  for (std::size_t claims = 0; claims <= 6; ++claims) {
    const CheckFinding check = judge_same(experiments, same_rows(experiments, claims), "same, a", 3).findings[0];
    EXPECT_EQ(check.name, "same, a");
    EXPECT_EQ(check.expected, "at most 2 of 6 differ");
    EXPECT_EQ(check.verdict, claims <= 2 ? CheckVerdict::passed : CheckVerdict::failed) << claims;
  }
  auto rows = same_rows(experiments, 0);
  for (std::size_t lost = 1; lost <= 4; ++lost) {
    const Experiment& one = experiments[lost - 1];
    disturb(rows, one.spec.tables[0].name, one.subjects[0].name);
    EXPECT_EQ(judge_same(experiments, rows, "same, a", 3).void_reason.empty(), lost <= 3) << lost;
    EXPECT_EQ(can_still_count(experiments, rows, 3), lost <= 3) << lost;
  }
}

TEST(SameCheck, PassesUpToTheBoundAndFailsBeyondAndNamesWhatWasClaimed) {
  const auto experiments = same_experiments(four_models());
  for (std::size_t claims = 0; claims <= 5; ++claims) {
    const Judgement judgement = judge_same(experiments, same_rows(experiments, claims));
    EXPECT_EQ(judgement.void_reason, "");
    ASSERT_THAT(judgement.findings, SizeIs(2 + claims));
    EXPECT_EQ(judgement.findings.back().name, "smallest visible");
    EXPECT_EQ(judgement.findings.back().verdict, CheckVerdict::shown);
    const CheckFinding& check = judgement.findings[0];
    EXPECT_EQ(check.verdict, claims <= 3 ? CheckVerdict::passed : CheckVerdict::failed) << claims;
    EXPECT_EQ(check.figures.at("claims"), static_cast<double>(claims));
    EXPECT_EQ(check.figures.at("pairs_counted"), 12);
    if (claims > 3) {
      EXPECT_THAT(check.why, HasSubstr("threads echo 1.010 [1.010, 1.010]"));
    }
    if (claims > 0) {
      EXPECT_EQ(judgement.findings[1].name, "threads echo");
      EXPECT_EQ(judgement.findings[1].verdict, CheckVerdict::shown);
    }
  }
}

TEST(SameCheck, LeavesOutDisturbedPairsAndIsVoidWithFewerThanTenWhateverTheySay) {
  const auto experiments = same_experiments(four_models());
  for (const std::size_t claims : {0U, 12U}) {
    auto rows = same_rows(experiments, claims);
    disturb(rows, "echo", "threads");
    disturb(rows, "http", "fibers-again");
    EXPECT_TRUE(can_still_count(experiments, rows));
    const Judgement ten = judge_same(experiments, rows);
    EXPECT_EQ(ten.void_reason, "");
    EXPECT_EQ(ten.findings[0].figures.at("pairs_counted"), 10);
    EXPECT_EQ(ten.findings[0].verdict, claims == 0 ? CheckVerdict::passed : CheckVerdict::failed);
    disturb(rows, "counter", "prefork");
    EXPECT_FALSE(can_still_count(experiments, rows));
    const Judgement nine = judge_same(experiments, rows);
    EXPECT_THAT(nine.void_reason, HasSubstr("only 9 of 12 pairs"));
    EXPECT_THAT(nine.findings, SizeIs(1));
  }
}

TEST(SameCheck, MayCountAsLongAsTooFewAreLostOfWhatHasBeenMeasured) {
  const auto experiments = same_experiments(four_models());
  std::vector<journal::Trial> rows = same_rows({experiments[0]}, 0);
  EXPECT_TRUE(can_still_count(experiments, rows));
  for (const char* model : {"threads", "prefork", "fibers"}) disturb(rows, "echo", model);
  EXPECT_FALSE(can_still_count(experiments, rows));
}

struct Failure {
  const char* named;
  void (*make)(journal::Trial&);
};

const Failure kFailures[] = {
    {"errors", [](journal::Trial& row) { row.outcome = journal::Outcome::errors; }},
    {"died", [](journal::Trial& row) { row.outcome = journal::Outcome::died; }},
    {"receipt-mismatch", [](journal::Trial& row) { row.validity["everything"] = "receipt-mismatch"; }}};

/// The cost of more-work is `factor` times that of the control, give or take a per cent by turns.
std::vector<journal::Trial> work_rows(double factor, std::size_t blocks = kMoreWorkBlocks) {
  std::vector<journal::Trial> rows;
  for (std::size_t block = 0; block < blocks; ++block) {
    const double noise = 1 + 0.01 * (static_cast<double>(block % 4) - 1.5);
    rows.push_back(row_of("work", "control", static_cast<int>(block), 2000));
    rows.push_back(row_of("work", "more-work", static_cast<int>(block), 2000 * factor * noise));
  }
  return rows;
}

TEST(PairedChecks, FailForWhatNobodyAskedForAndNoNoiseExcusesIt) {
  const auto experiments = same_experiments(four_models());
  for (const auto& [named, make] : kFailures) {
    auto rows = same_rows(experiments, 0);
    for (journal::Trial& row : rows) row.validity["cpu_per_request"] = "noisy";
    make(rows[5]);
    const Judgement same = judge_same(experiments, rows);
    EXPECT_EQ(same.void_reason, "");
    EXPECT_EQ(same.findings[0].verdict, CheckVerdict::failed);
    EXPECT_THAT(same.findings[0].why, HasSubstr(named));
    rows = work_rows(1.05, 3);
    make(rows[5]);
    const Judgement more = judge_more_work(rows);
    EXPECT_EQ(more.void_reason, "");
    for (const CheckFinding& finding : more.findings) {
      EXPECT_EQ(finding.verdict, CheckVerdict::failed);
      EXPECT_THAT(finding.why, HasSubstr(named));
    }
  }
}

TEST(PairedChecks, ThatHadTooLittleTimeHaveNotFailed) {
  auto rows = work_rows(1.05);
  rows[0].outcome = journal::Outcome::starved;
  rows[3].outcome = journal::Outcome::overloaded;
  EXPECT_EQ(unexpected_failure(rows), "");
}

TEST(MoreWorkCheck, ComparesTwoSubjectsThatDifferInTheShareOfExtraWorkAlone) {
  const Experiment experiment = more_work_experiment(four_models());
  ASSERT_THAT(experiment.subjects, SizeIs(2));
  EXPECT_EQ(experiment.spec.subjects, (std::vector<std::string>{"control", "more-work"}));
  EXPECT_EQ(experiment.spec.blocks, kMoreWorkBlocks);
  EXPECT_EQ(experiment.spec.most_blocks, kMostMoreWorkBlocks);
  EXPECT_EQ(experiment.spec.precision, kMoreWorkPrecision);
  for (const subjects::Subject& subject : experiment.subjects) EXPECT_EQ(subject.model, "event-loop");
  EXPECT_EQ(experiment.subjects[0].arguments, (std::vector<std::string>{"--fault-extra-work", "0"}));
  EXPECT_EQ(experiment.subjects[1].arguments, (std::vector<std::string>{"--fault-extra-work", "5"}));
}

TEST(MoreWorkCheck, PassesWhenFivePerCentAreFoundAndFailsWhenNothingIsOrTooMuch) {
  struct Case {
    double factor;
    CheckVerdict found, size;
  };
  for (const auto& [factor, found, size] :
       {Case{1.05, CheckVerdict::passed, CheckVerdict::passed}, Case{1.055, CheckVerdict::passed, CheckVerdict::passed},
        Case{1, CheckVerdict::failed, CheckVerdict::failed}, Case{0.95, CheckVerdict::failed, CheckVerdict::failed},
        Case{1.1, CheckVerdict::passed, CheckVerdict::failed},
        Case{1.02, CheckVerdict::passed, CheckVerdict::failed}}) {
    const Judgement judgement = judge_more_work(work_rows(factor));
    EXPECT_EQ(judgement.void_reason, "");
    ASSERT_THAT(judgement.findings, SizeIs(2));
    EXPECT_EQ(judgement.findings[0].verdict, found) << factor;
    EXPECT_EQ(judgement.findings[1].verdict, size) << factor << judgement.findings[1].measured;
  }
}

TEST(MoreWorkCheck, IsVoidWithFewerPairsThanItsIntervalNeedsWhateverTheySay) {
  for (const double factor : {1.0, 1.05}) {
    EXPECT_EQ(judge_more_work(work_rows(factor, 11)).void_reason, "");
    EXPECT_THAT(judge_more_work(work_rows(factor, 10)).void_reason, HasSubstr("10 valid pairs, 11 are needed"));
  }
  EXPECT_NE(judge_more_work({}).void_reason, "");
}

/// 5 % more work as a right harness measures it, with noise of this deviation.
std::vector<journal::Trial> noisy_work_rows(std::mt19937_64& random, double deviation) {
  std::normal_distribution<double> noise(0, deviation);
  std::vector<journal::Trial> rows;
  for (int block = 0; block < static_cast<int>(kMoreWorkBlocks); ++block) {
    rows.push_back(row_of("work", "control", block, 2000 * std::exp(noise(random))));
    rows.push_back(row_of("work", "more-work", block, 2000 * 1.05 * std::exp(noise(random))));
  }
  return rows;
}

bool any_failed(const Judgement& judgement) {
  return std::any_of(judgement.findings.begin(), judgement.findings.end(),
                     [](const CheckFinding& finding) { return finding.verdict == CheckVerdict::failed; });
}

TEST(MoreWorkCheck, FailsOnARightHarnessInAtMostOneRunOfTwoHundredAndOtherwiseSaysThatItCannotTell) {
  constexpr int kRuns = 2000;
  std::mt19937_64 random(20261130);
  for (const double deviation : {0.005, 0.02, 0.05, 0.2}) {
    int failed = 0, voided = 0;
    for (int run = 0; run < kRuns; ++run) {
      const Judgement judgement = judge_more_work(noisy_work_rows(random, deviation));
      failed += any_failed(judgement) && judgement.void_reason.empty();
      voided += !judgement.void_reason.empty();
    }
    std::printf("noise of %.1f %%: failed %.2f %%, too noisy to tell %.1f %%\n", 100 * deviation,
                100.0 * failed / kRuns, 100.0 * voided / kRuns);
    EXPECT_LE(failed, kRuns / 200) << deviation;
    if (deviation > 0.1) {
      EXPECT_GT(voided, kRuns / 2) << "so much noise hides 5 %";
    }
  }
  EXPECT_THAT(judge_more_work(noisy_work_rows(random, 0.5)).void_reason, HasSubstr("too noisy to tell"));
}

}  // namespace
}  // namespace bakeoff::selftest

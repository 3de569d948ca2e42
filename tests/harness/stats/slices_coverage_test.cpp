// What the intervals promise when blocks run in slices, shown on series whose truth is known: the machine drifts, steps
// and is disturbed in bursts while the load goes round, and each fresh process of a subject is a little faster or
// slower for as long as it lives. The order of the slices is that of real blocks. Prints its tables.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

#include "harness/experiment/slices.h"
#include "harness/stats/compare.h"

namespace bakeoff::stats {
namespace {

using Random = std::mt19937_64;

constexpr std::size_t kSlicedBlocks = 12;
constexpr std::size_t kRounds = 6;
constexpr double kTruth = 1.02;  // The ratio of subject 1 to subject 0.

double standard_normal(Random& random) {
  return std::normal_distribution<double>()(random);
}

/// What the machine adds to the logarithm of a slice at a moment, counted in slices since the run began.
using Machine = std::function<double(double)>;

struct SliceNoise {
  const char* name;
  std::function<Machine(Random&)> machine;  // Of one run.
  std::function<double(Random&)> slice;     // What a slice adds by itself.
};

std::vector<SliceNoise> slice_noises() {
  const auto quiet = [](Random& random) { return 0.01 * standard_normal(random); };
  return {
      {"quiet", [](Random&) -> Machine { return [](double) { return 0.0; }; }, quiet},
      {"drift by half", [](Random&) -> Machine { return [](double at) { return std::log(1.5) * at / 300; }; }, quiet},
      {"steps of a third",
       [](Random& random) -> Machine {
         std::vector<double> at(6);
         for (double& one : at) one = std::uniform_real_distribution<double>(0, 300)(random);
         return [at](double now) {
           int steps = 0;
           for (const double one : at) steps += now >= one;
           return steps % 2 == 0 ? 0 : std::log(1.33);
         };
       },
       quiet},
      {"random walk",
       [](Random& random) -> Machine {
         std::vector<double> walk(1000);
         for (std::size_t i = 1; i < walk.size(); ++i) walk[i] = 0.97 * walk[i - 1] + 0.02 * standard_normal(random);
         return [walk](double now) { return walk[static_cast<std::size_t>(now) % walk.size()]; };
       },
       quiet},
      {"bursts of neighbours", [](Random&) -> Machine { return [](double) { return 0.0; }; },
       [](Random& random) {
         const bool disturbed = std::bernoulli_distribution(0.15)(random);
         return 0.01 * standard_normal(random) + (disturbed ? std::exponential_distribution<double>(5)(random) : 0);
       }},
      {"Cauchy in the log", [](Random&) -> Machine { return [](double) { return 0.0; }; },
       [](Random& random) { return 0.01 * std::cauchy_distribution<double>()(random); }},
  };
}

/// Both series of one run. A block starts its processes anew, and takes two slices' time to do so.
std::vector<Series> run_of(const SliceNoise& noise, std::size_t subjects, double process_sd, Random& random) {
  const Machine machine = noise.machine(random);
  std::vector<Series> table(subjects);
  std::vector<journal::Trial> planned(subjects);
  for (std::size_t s = 0; s < subjects; ++s) planned[s].subject = std::to_string(s);
  double now = 0;
  for (std::size_t block = 0; block < kSlicedBlocks; ++block) {
    std::vector<std::vector<std::optional<double>>> slices(subjects, std::vector<std::optional<double>>(kRounds));
    std::vector<double> process(subjects);
    for (double& one : process) one = process_sd * standard_normal(random);
    now += 2;
    for (std::size_t round = 0; round < kRounds; ++round) {
      for (const std::size_t s : experiment::round_order(planned, round)) {
        const double truth = s == 1 ? std::log(kTruth) : 0;
        slices[s][round] = std::exp(truth + process[s] + machine(now) + noise.slice(random));
        now += 1;
      }
    }
    for (std::size_t s = 0; s < subjects; ++s) {
      double sum = 0;
      for (const auto& slice : slices[s]) sum += *slice;
      table[s].emplace_back(sum / kRounds, slices[s]);
    }
  }
  return table;
}

TEST(SlicesCoverage, IsAtLeastTheLevelWhateverTheMachineDoesAndHoweverProcessesDiffer) {
  constexpr int kRuns = 3000;
  const double least = kConfidenceLevel - 4 * std::sqrt(kConfidenceLevel * (1 - kConfidenceLevel) / kRuns);
  Random random(20261130);
  std::printf("%-22s %s %s   %s   %s\n", "12 blocks of 6 slices", "subjects", "process sd", "coverage %",
              "mean width %");
  for (const SliceNoise& noise : slice_noises()) {
    for (const std::size_t subjects : {2U, 4U}) {
      for (const double process_sd : {0.0, 0.02, 0.05}) {
        int held = 0;
        double width = 0;
        for (int run = 0; run < kRuns; ++run) {
          const auto table = run_of(noise, subjects, process_sd, random);
          const auto ratio = compare(table[1], table[0]);
          ASSERT_TRUE(ratio && ratio->interval);
          held += ratio->interval->contains(kTruth);
          width += ratio->interval->high - ratio->interval->low;
        }
        std::printf("%-22s %8zu %8.0f %%   %10.1f   %12.2f\n", noise.name, subjects, 100 * process_sd,
                    100.0 * held / kRuns, 100 * width / kRuns);
        EXPECT_GE(static_cast<double>(held) / kRuns, least) << noise.name << ", " << subjects << ", " << process_sd;
      }
    }
  }
}

TEST(SlicesCoverage, TheMedianOverTheRoundsIsNarrowerThanTheBlocksTotalsWhereNeighboursComeInBursts) {
  constexpr int kRuns = 500;
  Random random(7);
  const SliceNoise bursts = slice_noises().at(4);
  double by_rounds = 0, by_totals = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto table = run_of(bursts, 2, 0.0, random);
    std::vector<Series> totals(2);
    for (std::size_t s = 0; s < 2; ++s) {
      for (const BlockValue& block : table[s]) totals[s].emplace_back(block.value());
    }
    const auto narrow = compare(table[1], table[0]), wide = compare(totals[1], totals[0]);
    by_rounds += narrow->interval->high - narrow->interval->low;
    by_totals += wide->interval->high - wide->interval->low;
  }
  std::printf("bursts: mean width %.2f %% by the rounds, %.2f %% by the blocks' totals\n", 100 * by_rounds / kRuns,
              100 * by_totals / kRuns);
  EXPECT_LT(by_rounds, 0.6 * by_totals);
}

}  // namespace
}  // namespace bakeoff::stats

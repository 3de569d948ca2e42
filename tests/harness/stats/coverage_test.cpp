// What the intervals promise, shown on data whose truth is known: skewed, heavy-tailed, drifting, tied, autocorrelated.
// The order of the trials is that of real plans, and what depends on time acts at the moment at which a trial runs, its
// place in the block included. Prints its tables: coverage in per cent at each number of blocks.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>

#include "harness/experiment/plan.h"
#include "harness/stats/compare.h"
#include "harness/stats/precision.h"

namespace bakeoff::stats {
namespace {

using Random = std::mt19937_64;
using Logs = std::vector<std::vector<double>>;  // By subject, by block: logarithms of what is measured.

constexpr std::array<std::size_t, 9> kBlocks{6, 7, 8, 9, 10, 12, 16, 20, 30};
constexpr std::size_t kMostRun = 30;

// When each subject runs in each block, counted in trials from the start of the table.
using Times = std::vector<std::vector<std::size_t>>;

Times times_of_plan(std::size_t subjects, std::size_t blocks, std::uint64_t seed) {
  experiment::Spec spec;
  spec.seed = seed;
  spec.blocks = blocks;
  spec.tables.push_back({.name = "t", .work = "echo", .units = {}});
  for (std::size_t s = 0; s < subjects; ++s) spec.subjects.push_back(std::to_string(s));
  Times times(subjects, std::vector<std::size_t>(blocks));
  for (const experiment::PlannedTrial& trial : experiment::make_plan(spec).trials) {
    const auto block = static_cast<std::size_t>(trial.block);
    times[std::stoul(trial.subject)][block] = block * subjects + static_cast<std::size_t>(trial.order);
  }
  return times;
}

double normal(Random& random) {
  return std::normal_distribution<double>()(random);
}

Logs independent(const Times& times, const std::function<double(std::size_t)>& draw) {
  Logs logs(times.size(), std::vector<double>(times.front().size()));
  for (std::size_t b = 0; b < times.front().size(); ++b) {
    for (std::size_t s = 0; s < times.size(); ++s) logs[s][b] = draw(s);
  }
  return logs;
}

Logs normal_noise(Random& random, const Times& times, double sigma) {
  return independent(times, [&](std::size_t) { return sigma * normal(random); });
}

// Values of a stationary AR(1) process with deviation 1.
std::vector<double> ar1(Random& random, std::size_t length, double phi) {
  std::vector<double> values(length);
  double now = normal(random);
  for (double& value : values) {
    value = now;
    now = phi * now + std::sqrt(1 - phi * phi) * normal(random);
  }
  return values;
}

struct Kind {
  const char* name;
  bool independent;  // Whether the pairs are, as the interval assumes.
  std::function<Logs(Random&, const Times&)> noise;
  // What the moment adds: the trial's time and the run's length, and a draw in [0, 1) of the run.
  std::function<double(double time, double length, double draw)> drift = nullptr;
  double ratio = 1.1;           // The ratio of subject to baseline, which is multiplied in.
  double noise_log_median = 0;  // The ratio of subject to baseline that the noise itself has.
};

double pareto_log(Random& random, double shape) {
  return std::exponential_distribution<double>(shape)(random);
}

std::vector<Kind> kinds() {
  constexpr double kShape = 1.2;      // Infinite variance.
  constexpr double kBaseShape = 3.0;  // Another one, so that the ratio is skewed too.
  return {
      {"lognormal", true, [](Random& random, const Times& times) { return normal_noise(random, times, 0.8); }},
      {"Cauchy in the log", true,
       [](Random& random, const Times& times) {
         return independent(times, [&](std::size_t) { return 0.05 * std::cauchy_distribution<double>()(random); });
       }},
      {"Pareto, 1.2 against 3", true,
       [](Random& random, const Times& times) {
         return independent(times, [&](std::size_t s) { return pareto_log(random, s == 0 ? kBaseShape : kShape); });
       },
       nullptr, 1.1,
       // Median of the difference of two exponentials: P(D > x) = b / (a + b) exp(-a x) for x > 0, a and b the shapes.
       std::log(2 * kBaseShape / (kShape + kBaseShape)) / kShape},
      {"drift by half", true, [](Random& random, const Times& times) { return normal_noise(random, times, 0.02); },
       [](double time, double length, double) { return std::log(1.5) * time / length; }},
      {"step of a third", true, [](Random& random, const Times& times) { return normal_noise(random, times, 0.02); },
       [](double time, double length, double draw) { return time < (1 + draw) / 3 * length ? 0 : std::log(1.33); }},
      {"AR(1) 0.9, machine", true,
       [](Random& random, const Times& times) {
         const std::vector<double> machine = ar1(random, times.size() * times.front().size(), 0.9);
         Logs logs = normal_noise(random, times, 0.01);
         for (std::size_t s = 0; s < times.size(); ++s) {
           for (std::size_t b = 0; b < times[s].size(); ++b) logs[s][b] += 0.1 * machine[times[s][b]];
         }
         return logs;
       }},
      {"ties of a clock", true,
       [](Random& random, const Times& times) {
         return independent(
             times, [&](std::size_t) { return std::log(2 * std::round(50 * std::exp(0.02 * normal(random)))); });
       },
       nullptr, 1.0},
      {"AR(1) 0.3, subject", false,
       [](Random& random, const Times& times) {
         Logs logs;
         for (const auto& row : times) logs.push_back(ar1(random, row.size(), 0.3));
         return logs;
       }},
      {"AR(1) 0.6, subject", false,
       [](Random& random, const Times& times) {
         Logs logs;
         for (const auto& row : times) logs.push_back(ar1(random, row.size(), 0.6));
         return logs;
       }},
  };
}

// The share of intervals that hold the truth, at each of kBlocks.
std::array<double, kBlocks.size()> coverage(const Kind& kind, std::size_t subjects, int runs, Random& random) {
  std::array<std::optional<IntervalRanks>, kBlocks.size()> ranks;
  for (std::size_t i = 0; i < kBlocks.size(); ++i) ranks[i] = median_interval_ranks(kBlocks[i], kConfidenceLevel);
  std::vector<Times> plans;
  for (std::uint64_t seed = 0; seed < 100; ++seed) plans.push_back(times_of_plan(subjects, kMostRun, seed));
  std::array<std::size_t, kBlocks.size()> held{};
  const double truth = std::log(kind.ratio) + kind.noise_log_median;
  std::vector<double> ratios;
  for (int run = 0; run < runs; ++run) {
    const Times& times = plans[random() % plans.size()];
    const Logs logs = kind.noise(random, times);
    const double draw = std::uniform_real_distribution<double>()(random);
    for (std::size_t i = 0; i < kBlocks.size(); ++i) {
      const auto length = static_cast<double>(kBlocks[i] * subjects);
      const auto at = [&](std::size_t s, std::size_t b) {
        const double drift = kind.drift ? kind.drift(static_cast<double>(times[s][b]), length, draw) : 0;
        return logs[s][b] + drift;
      };
      for (std::size_t s = 1; s < subjects; ++s) {
        ratios.clear();
        for (std::size_t b = 0; b < kBlocks[i]; ++b) ratios.push_back(at(s, b) - at(0, b) + std::log(kind.ratio));
        std::sort(ratios.begin(), ratios.end());
        // A rounding's worth of room: atoms of tied data meet the truth exactly.
        held[i] += ratios[ranks[i]->low] <= truth + 1e-12 && truth - 1e-12 <= ratios[ranks[i]->high];
      }
    }
  }
  std::array<double, kBlocks.size()> shares{};
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    shares[i] = static_cast<double>(held[i]) / static_cast<double>(runs) / static_cast<double>(subjects - 1);
  }
  return shares;
}

double four_sigma(double share, double runs) {
  return 4 * std::sqrt(share * (1 - share) / runs);
}

TEST(Coverage, IsAtLeastTheLevelWhateverTheDistributionAndTheDriftWhilePairsAreIndependent) {
  constexpr int kRuns = 20'000;
  Random random(20260101);
  std::printf("%-24s", "coverage %, blocks:");
  for (const std::size_t blocks : kBlocks) std::printf(" %5zu", blocks);
  std::printf("\n%-24s", "by theory");
  for (const std::size_t blocks : kBlocks)
    std::printf(" %5.1f", 100 * median_interval_ranks(blocks, kConfidenceLevel)->coverage);
  std::printf("\n");
  for (const Kind& kind : kinds()) {
    for (const std::size_t subjects : {2u, 4u}) {
      const auto shares = coverage(kind, subjects, kRuns, random);
      std::printf("%-22s %zu", kind.name, subjects);
      for (const double share : shares) std::printf(" %5.1f", 100 * share);
      std::printf("\n");
      if (!kind.independent) continue;
      for (std::size_t i = 0; i < kBlocks.size(); ++i) {
        EXPECT_GE(shares[i], kConfidenceLevel - four_sigma(kConfidenceLevel, kRuns))
            << kind.name << ", " << kBlocks[i] << " blocks";
      }
    }
  }
}

TEST(Coverage, OfTheSimulationIsThatOfTheRealComparison) {
  Random random(3);
  const Times times = times_of_plan(2, 12, 1);
  for (int run = 0; run < 20; ++run) {
    const Logs logs = normal_noise(random, times, 0.1);
    Series subject;
    Series baseline;
    std::vector<double> ratios;
    for (std::size_t b = 0; b < 12; ++b) {
      baseline.emplace_back(std::exp(logs[0][b]));
      subject.emplace_back(std::exp(logs[1][b]));
      ratios.push_back(logs[1][b] - logs[0][b]);
    }
    std::sort(ratios.begin(), ratios.end());
    const auto ranks = median_interval_ranks(12, kConfidenceLevel);
    const auto compared = compare(subject, baseline);
    ASSERT_TRUE(compared && compared->interval);
    EXPECT_NEAR(compared->interval->low, std::exp(ratios[ranks->low]), 1e-12);
    EXPECT_NEAR(compared->interval->high, std::exp(ratios[ranks->high]), 1e-12);
  }
}

// One table that stops by the rule, or at `most` blocks; the share of its final intervals that hold the truth.
struct Stopped {
  double held = 0, blocks = 0;
};
Stopped run_until_precise(const std::vector<Series>& whole, double wanted, std::size_t most) {
  const std::size_t subjects = whole.size();
  std::vector<Series> table(subjects);
  const auto precise = [&] {
    std::vector<ComparedSeries> compared;
    for (std::size_t s = 1; s < subjects; ++s) compared.push_back({table[s], table[0]});
    return precision_reached(compared, subjects, wanted, 8);
  };
  std::size_t blocks = 0;
  do {
    for (std::size_t s = 0; s < subjects; ++s) {
      for (std::size_t b = blocks; b < blocks + subjects; ++b) table[s].push_back(whole[s][b]);
    }
    blocks += subjects;
  } while (blocks + subjects <= most && !precise());
  Stopped stopped{.held = 0, .blocks = static_cast<double>(blocks)};
  for (std::size_t s = 1; s < subjects; ++s) {
    stopped.held += compare(table[s], table[0])->tied() ? 1.0 / static_cast<double>(subjects - 1) : 0;
  }
  return stopped;
}

TEST(Coverage, IsKeptByATableThatStopsWhenItIsPreciseEnough) {
  constexpr int kRuns = 1000;
  constexpr std::size_t kMost = 60;
  Random random(4711);
  const std::vector<std::pair<const char*, std::function<double()>>> noises{
      {"normal", [&] { return normal(random); }},
      {"Cauchy", [&] { return 0.5 * std::cauchy_distribution<double>()(random); }},
      {"exponential", [&] { return pareto_log(random, 1); }}};
  for (const auto& [name, draw] : noises) {
    for (const std::size_t subjects : {2u, 4u}) {
      for (const double wanted : {0.6, 1.0, 1.6}) {  // In sigmas, of the log ratio.
        Stopped sum;
        for (int run = 0; run < kRuns; ++run) {
          std::vector<Series> whole(subjects);
          for (Series& series : whole) {
            for (std::size_t b = 0; b < kMost; ++b) series.emplace_back(std::exp(draw()));
          }
          const Stopped one = run_until_precise(whole, std::expm1(wanted), kMost);
          sum.held += one.held;
          sum.blocks += one.blocks;
        }
        std::printf("stopping: %-11s %zu subjects, precision %.1f sigma: %5.1f blocks, coverage %.1f %%\n", name,
                    subjects, wanted, sum.blocks / kRuns, 100 * sum.held / kRuns);
        EXPECT_GE(sum.held / kRuns, kConfidenceLevel - four_sigma(kConfidenceLevel, kRuns))
            << name << " " << subjects << " " << wanted;
      }
    }
  }
}

TEST(Letters, TellEqualSubjectsApartInAtMostOneTableOfTwenty) {
  constexpr int kRuns = 1200;
  Random random(77);
  for (const auto& [subjects, blocks] :
       {std::pair<std::size_t, std::size_t>{2, 6}, {2, 9}, {3, 7}, {4, 8}, {4, 11}, {4, 20}}) {
    int wrong = 0;
    const Times times = times_of_plan(subjects, blocks, 5);
    for (int run = 0; run < kRuns; ++run) {
      const Logs logs = normal_noise(random, times, 0.3);
      std::vector<Series> table(subjects);
      for (std::size_t s = 0; s < subjects; ++s) {
        for (const double value : logs[s]) table[s].emplace_back(std::exp(value));
      }
      const TieLetters ties = tie_letters(table);
      ASSERT_TRUE(ties.supported);
      bool apart = false;
      for (const std::string& one : ties.letters) {
        for (const std::string& other : ties.letters) apart |= one.find_first_of(other) == std::string::npos;
      }
      wrong += apart;
    }
    const double share = static_cast<double>(wrong) / kRuns;
    std::printf("letters: %zu equal subjects, %2zu blocks: told apart in %.1f %% of the tables\n", subjects, blocks,
                100 * share);
    EXPECT_LE(share, 1 - kConfidenceLevel + four_sigma(kConfidenceLevel, kRuns))
        << subjects << " subjects, " << blocks << " blocks";
  }
}

}  // namespace
}  // namespace bakeoff::stats

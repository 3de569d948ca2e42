// Check: the same thing under two names (an A/A experiment). There is no difference to be found, but now and then one
// must be claimed: an interval of coverage q excludes the truth with probability 1 - q, by construction.
//
// The theory. In a block both names stand in random places, so that either is the cheaper one of the pair with
// probability 1/2, whatever the machine does. From 6 pairs the interval goes from the smallest ratio to the largest,
// and excludes 1 when all six lie on one side: 2 / 2^6 = 3.1 %. Among n independent pairs of names, the number
// that are claimed to differ is binomial(n, 3.1 %); more than its 99.9 % point is a failure of the harness: trials that
// are not independent, an order that favours a name, an interval that is too narrow. One run in about 2,600 fails by
// chance with 12 pairs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "harness/selftest/experiment.h"
#include "harness/selftest/judgement.h"

namespace bakeoff::selftest {

inline constexpr std::size_t kSameBlocks = 6;       ///< The fewest that have an interval.
inline constexpr std::size_t kMostSameCells = 12;   ///< Models x workloads, bounded for the time that they take.
inline constexpr std::size_t kLeastSameCells = 10;  ///< With fewer that count, the check is void.
inline constexpr double kBoundLevel = 0.999;

/// A model with a workload: measured against itself.
struct SameCell {
  std::string model, workload;
};

/// Every model with every workload, or as many as kMostSameCells: then each model once before any has a second one.
/// The workloads change from model to model.
std::vector<SameCell> same_cells(std::span<const std::string> models, std::span<const std::string> workloads);

/// One experiment per workload, with its models under two names each.
std::vector<Experiment> same_experiments(const subjects::Inventory& inventory);

/// The same for subjects that the user names: each against itself, with a warm-up by the rule of tables. One experiment
/// for each workload that it serves and each number of connections (kNamedSameConnections), so that there are several
/// pairs. Empty where it serves none.
std::vector<Experiment> same_experiments_of(const subjects::Subject& subject,
                                            std::span<const subjects::NamedSummary> workloads);
inline constexpr std::array<std::uint64_t, 2> kNamedSameConnections{4, 16};

/// The smallest c for which P(X <= c) >= level, where X is binomial(n, probability).
std::size_t binomial_bound(std::size_t n, double probability, double level = kBoundLevel);

/// Whether enough cells may still count after some of the experiments have ended. When not, the rest need not run.
bool can_still_count(const std::vector<Experiment>& experiments, const std::vector<journal::Trial>& rows,
                     std::size_t least = kLeastSameCells);

/// `rows` of all the experiments; the check is called `name`, and is void with fewer than `least` cells. A cell counts
/// when all its blocks are valid. The first finding is the check; a further one, of kind shown, stands for each pair
/// that was claimed to differ, and the last for the smallest difference that so many blocks would have shown.
Judgement judge_same(const std::vector<Experiment>& experiments, const std::vector<journal::Trial>& rows,
                     const std::string& name = "same, 2 names", std::size_t least = kLeastSameCells);

}  // namespace bakeoff::selftest

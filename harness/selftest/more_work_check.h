// Check: a subject that does 5 % more work than its control (an A/B experiment). The difference must be found, and its
// size must be right.
//
// The theory. Both sides are an event loop that serves GET /work/<n>, decorated alike (workloads/faulty.h); the treated
// one computes 5 % more rounds. With the share s of a request's CPU that is not counted work, the true ratio is
// 1 + 0.05 (1 - s). Measured with the release build on the machine that this was written on: 2.26 ms per request, of
// which 8.1 us were not work (the same request with n = 0), so that s = 0.4 %. Both scale with the CPU, so that another
// machine changes s little. It is taken to lie below 1 %, and the true ratio therefore between 1.0495 and 1.05.
//
// Both sides alternate in slices, which cut no request. A trial that had to run by itself ends in the midst of a
// request, whose work is in the CPU time and whose reply is not in the count. That is less than one request per side,
// and shifts a ratio by less than one part in the number of requests. The interval is then widened by that much before
// it is compared with the truth, but not before it is asked whether it excludes 1.
//
// Three ends. Found, and of the right size: passed. The interval excludes the truth: failed, on a right harness in one
// run of a thousand. Neither: the machine was too noisy to tell, which is no fault of the harness. Before that more
// blocks are run, until the ratio is known to kMoreWorkPrecision.
#pragma once

#include "harness/selftest/experiment.h"
#include "harness/selftest/judgement.h"

namespace bakeoff::selftest {

inline constexpr std::size_t kMoreWorkPercent = 5;
inline constexpr std::uint64_t kWorkRounds = 2'000'000;
inline constexpr double kMostOtherShare = 0.01;  ///< The share of a request's CPU that is not counted work.
inline constexpr std::size_t kMoreWorkBlocks = 12;
inline constexpr std::size_t kMostMoreWorkBlocks = 36;
inline constexpr double kMoreWorkPrecision = 0.02;
inline constexpr double kSizeLevel = 0.999;  ///< The level of the interval that must hold the truth.

Experiment more_work_experiment(const subjects::Inventory& inventory);

/// Void with fewer valid pairs than an interval of kSizeLevel needs (11), and where the noise hides what is looked for.
Judgement judge_more_work(const std::vector<journal::Trial>& rows);

}  // namespace bakeoff::selftest

// The list of checks that `bakeoff selftest` goes through: each is a pure judgement of what an instrument observes, one
// faulty server (the bench) or an experiment (the pairs). A new one is a file, and an entry in checks.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/selftest/bench.h"
#include "harness/selftest/judgement.h"
#include "harness/selftest/pairs.h"

namespace bakeoff {

struct Instruments {
  const Bench& bench;
  const Pairs& pairs;
};

struct Check {
  std::string kind;  ///< What --only names: the checks of one kind prove one thing.
  std::string name;  ///< For the progress line.
  /// Once, from starting the subjects to the judgement. Blocks for seconds; throws as Bench::observe and Pairs::measure
  /// do.
  std::function<Judgement(const Instruments&)> attempt;
  std::size_t most_attempts = kMostAttempts;
};

/// In the order in which they are run.
std::vector<Check> selftest_checks();

/// Their kinds, each once.
std::vector<std::string> selftest_kinds();

}  // namespace bakeoff

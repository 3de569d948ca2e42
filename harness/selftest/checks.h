// The list of checks that `bakeoff selftest` goes through: each is a pure judgement of what an instrument observes, one
// faulty server (the fault runner) or an experiment (the experiment runner). A new one is a file, and an entry in checks.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/selftest/fault_runner.h"
#include "harness/selftest/judgement.h"
#include "harness/selftest/experiment_runner.h"

namespace bakeoff::selftest {

struct Runners {
  const FaultRunner& fault_runner;
  const ExperimentRunner& experiment_runner;
};

struct Check {
  std::string kind;  ///< What --only names: the checks of one kind prove one thing.
  std::string name;  ///< For the progress line.
  /// Once, from starting the subjects to the judgement. Blocks for seconds; throws as FaultRunner::observe and ExperimentRunner::measure
  /// do.
  std::function<Judgement(const Runners&)> attempt;
  std::size_t most_attempts = kMostAttempts;
};

/// In the order in which they are run.
std::vector<Check> selftest_checks();

/// Their kinds, each once.
std::vector<std::string> selftest_kinds();

}  // namespace bakeoff::selftest

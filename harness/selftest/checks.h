// The list of checks that `bakeoff selftest` goes through. A runner observes: a faulty server (fault_runner.h) or an
// experiment (experiment_runner.h). A check then judges what was observed, and does nothing else. A new check is one
// file and one entry in checks.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/selftest/experiment_runner.h"
#include "harness/selftest/fault_runner.h"
#include "harness/selftest/judgement.h"

namespace bakeoff::selftest {

struct Runners {
  const FaultRunner& fault_runner;
  const ExperimentRunner& experiment_runner;
};

struct Check {
  std::string kind;  ///< What --only names: the checks of one kind prove one thing.
  std::string name;  ///< For the progress line.
  /// One attempt, from starting the subjects to the judgement. Blocks for seconds. Throws as FaultRunner::observe and
  /// ExperimentRunner::measure do.
  std::function<Judgement(const Runners&)> attempt;
  std::size_t most_attempts = kMostAttempts;
};

/// In the order in which they are run.
std::vector<Check> selftest_checks();

/// The kinds of the checks, each once.
std::vector<std::string> selftest_kinds();

}  // namespace bakeoff::selftest

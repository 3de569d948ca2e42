// The list of checks that `bakeoff selftest` goes through. A runner observes: a faulty server (fault_runner.h) or an
// experiment (experiment_runner.h). A check then judges what was observed, and does nothing else. A new check is one
// file and one entry in checks.cpp.
#pragma once

#include <functional>
#include <span>
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

/// Instead of all others: each of these subjects under two names, a check per subject. Throws std::invalid_argument for
/// one that serves no whole workload.
std::vector<Check> same_checks_of(std::span<const subjects::Subject> subjects,
                                  std::span<const subjects::NamedSummary> workloads);

/// The kinds of the checks, each once.
std::vector<std::string> selftest_kinds();

}  // namespace bakeoff::selftest

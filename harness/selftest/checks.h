// The list of checks that `bakeoff selftest` goes through: each is a pure judgement (null_check.h, stall_check.h,
// wrong_check.h) of what the bench observes. A new one is a file, and an entry in checks.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/selftest/bench.h"
#include "harness/selftest/judgement.h"

namespace bakeoff {

struct Check {
  std::string name;  ///< For the progress line.
  /// Once, from starting the subjects to the judgement. Blocks for seconds; throws as Bench::observe does.
  std::function<Judgement(const Bench&)> attempt;
};

/// In the order in which they are run.
std::vector<Check> selftest_checks();

}  // namespace bakeoff

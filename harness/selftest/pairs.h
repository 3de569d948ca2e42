// Where the checks of the comparison run: an experiment like any other, planned, run and judged by what plans, runs and
// judges those of `bakeoff run`. Like the bench it starts things; nothing else of this folder does.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/experiment/trial_runner.h"
#include "harness/selftest/bench.h"
#include "harness/selftest/paired.h"

namespace bakeoff {

class Pairs {
 public:
  using Tell = std::function<void(const std::string&)>;

  /// Asks bakeoff-subject what there is, and throws as ask_builtin() does. Trials run on the CPUs of the bench. `tell`
  /// hears of each trial that begins, for the progress line.
  Pairs(const Bench& bench, Tell tell);

  const Offer& offer() const { return offer_; }

  /// The rows of the experiment, in the order of its plan. What goes wrong in a trial is in its row. Blocks for all of
  /// them. Throws Interrupted; leaves nothing behind.
  std::vector<Trial> measure(const Experiment& experiment) const;

 private:
  Offer offer_;
  CpuSplit cpus_;
  std::string harness_hash_;
  Tell tell_;
};

}  // namespace bakeoff

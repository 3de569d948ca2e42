// Where the checks of the comparison run: an experiment like any other, which is planned, run and judged by the code
// that `bakeoff run` uses. This and the fault runner are the only files of this folder that start anything.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "harness/experiment/sliced_block.h"
#include "harness/experiment/trial_runner.h"
#include "harness/selftest/experiment.h"
#include "harness/selftest/fault_runner.h"

namespace bakeoff::selftest {

class ExperimentRunner {
 public:
  using OnTrial = std::function<void(const std::string&)>;

  /// Asks bakeoff-subject what there is, and throws as describe_subject_program() does. Trials run on the CPUs of the
  /// fault runner. `on_trial` is called for each trial that begins, for the progress line.
  ExperimentRunner(const FaultRunner& fault_runner, OnTrial on_trial);

  const subjects::Inventory& inventory() const { return inventory_; }

  /// The rows of the experiment, in the order of its plan. What goes wrong in a trial is in its row. Blocks for all of
  /// them. Throws Interrupted; leaves nothing behind.
  std::vector<journal::Trial> measure(const Experiment& experiment) const;

  /// One block in slices whose rounds have these shapes in turn, `cycles` times.
  std::vector<journal::Trial> measure_slices(const Experiment& experiment,
                                             std::span<const experiment::SliceShape> shapes, std::size_t cycles) const;

 private:
  subjects::Inventory inventory_;
  measure::CpuSplit cpus_;
  std::string harness_hash_;
  OnTrial on_trial_;
};

}  // namespace bakeoff::selftest

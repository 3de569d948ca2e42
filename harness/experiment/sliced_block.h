// A block in slices: all subjects of a table are alive and connected at the same time, and the load goes round them in
// slices of about 100 ms while the others rest. What the machine does to one it does to all: its speed hardly moves
// within a round, where it does between trials that stand seconds apart. harness/stats/README.md has the measurements.
#pragma once

#include <span>
#include <vector>

#include "harness/experiment/slices.h"
#include "harness/experiment/spec.h"
#include "harness/experiment/trial_result.h"
#include "harness/experiment/trial_runner.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// Returns when the whole block has been measured: `rounds` of slices, in each of which every subject has one. One
/// result for each of the planned rows, in their order. What goes wrong with one subject or its load becomes the
/// outcome of its row, and the others' stand. Leaves nothing behind. Throws as run_trial() does.
std::vector<TrialResult> run_sliced_block(std::vector<journal::Trial> planned, const TableSpec& table,
                                          std::span<const SliceShape> rounds, const TrialContext& context);

}  // namespace bakeoff::experiment

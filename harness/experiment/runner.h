// Runs a plan: trial after trial, each row handed on as soon as it is measured. What a trial is, where rows go and what
// is shown are given in, so that the loop is tested with a fake trial and no clock.
#pragma once

#include <functional>

#include "harness/experiment/plan.h"
#include "harness/journal/trial.h"

namespace bakeoff {

enum class Stopped : std::uint8_t { complete, budget, interrupted };

struct Hands {
  /// Measures one trial; returns false when the user has asked to stop: the trial counts as not begun.
  std::function<bool(const PlannedTrial&)> trial;
  /// Called when the last trial of a table has run.
  std::function<void(const TableSpec&)> table_done;
  /// Seconds since the run began.
  std::function<double()> elapsed_s;
};

/// Blocks until the plan is through, its budget is spent (no new block begins after it) or the user stops it.
Stopped run_plan(const Plan& plan, const Hands& hands);

}  // namespace bakeoff

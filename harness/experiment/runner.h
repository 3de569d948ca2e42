// Runs a plan: trial after trial, each row handed on as soon as it is measured. What a trial is, where rows go and what
// is shown are given in, so that the loop is tested with a fake trial and no clock.
//
// When a table ends. It has `blocks` blocks, or with a wanted precision goes on until that is reached or there are
// `most_blocks`. A budget is for all tables together: a table that would leave the others less than their share makes
// way for them, so that a slow machine gets all tables with fewer blocks and not the first ones alone, and goes on when
// they have left something. No block begins when the budget is spent.
//
// A trial that others disturbed is run once more at the end of its block, as its next attempt, for as long as repeating
// helps (repeat_policy.h). Whether it was is told by what others took of the CPUs, never by what came out: choosing by the
// result would be choosing the result.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/experiment/plan.h"
#include "harness/experiment/repeat_policy.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// What has come of one trial.
struct TrialStatus {
  bool begun = true;   ///< false: the user has asked to stop, and there is no row.
  bool noisy = false;  ///< Others were on its CPUs (validity's "noisy").
  /// false: it did not run, or died before its window, so that it does not show that the machine was quiet.
  bool measured = true;
};

/// Rows that are there already, of a run that is resumed: trial_id -> of its attempts.
struct EarlierAttempts {
  int attempts = 0;
  bool noisy = false;     ///< The last one.
  bool measured = false;  ///< That one, as TrialStatus::measured.
  bool given_up = false;      ///< Noisy, and its block went on without a repeat: repeating had been given up.
};
using EarlierTrials = std::map<std::string, EarlierAttempts>;

enum class StopReason : std::uint8_t { blocks, precision, budget, interrupted };
/// "all blocks ran", "the precision is reached", "the budget is spent", "interrupted".
std::string_view stop_reason_in_words(StopReason why);

/// What a look at a table's intervals says.
enum class Precision : std::uint8_t {
  not_yet,
  reached,
  hopeless,  ///< There is no ratio at all (one subject, or all others fail): more blocks bring none.
};

/// How one table ended.
struct TableEnd {
  std::string table;
  StopReason why = StopReason::blocks;
  std::uint64_t blocks = 0;  ///< That are complete.
};

/// Of a row, what the runner wants to know.
TrialStatus trial_status(const journal::Trial& row);

/// What this attempt shows about repeating.
void count_attempt(RepeatPolicy& repeats, const TrialStatus& status, int attempt);

struct RunCallbacks {
  /// Measures one trial as this attempt, from 1.
  std::function<TrialStatus(const PlannedTrial&, int attempt)> trial;
  /// Asked after whole groups of blocks, when a precision is wanted, about the first so many blocks of this table.
  std::function<Precision(const TableSpec&, std::uint64_t blocks)> check_precision;
  /// Called when no more trials of a table will run, whether or not any did; not after an interrupt.
  std::function<void(const TableSpec&)> table_done;
  /// Seconds since the run began.
  std::function<double()> elapsed_s;
  /// Called when repeating is given up (false), and when a quiet trial makes it worth while again (true). May be empty.
  std::function<void(bool)> repeating_changed{};
};

/// Blocks until every table has ended. Tables that the budget or the user left without a block are in the result too.
/// `before` and `repeats` are what the run that is resumed has left (resume.h).
std::vector<TableEnd> run_plan(const Plan& plan, const RunCallbacks& callbacks, const EarlierTrials& before = {},
                               RepeatPolicy repeats = {});

/// The worst of the tables': interrupted, budget, blocks, precision.
StopReason overall_stop_reason(const std::vector<TableEnd>& tables);

}  // namespace bakeoff::experiment

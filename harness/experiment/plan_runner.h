// Runs a plan: trial after trial, each row passed on as soon as it is measured. What a trial is, where rows go and what
// is shown are callbacks, so the loop is tested with a fake trial and no clock.
//
// The points of a sweep take turns, a block each. A table ends after `blocks` blocks, or if a precision is wanted, when
// that is reached or there are `most_blocks`. A budget is for all tables together. A table that would leave the others
// less than their share pauses, and continues if they leave something. So a slow machine gets all tables with fewer
// blocks, and not only the first ones. No block begins when the budget is spent.
//
// A trial that was disturbed is run once more at the end of its block, as its next attempt, for as long as repeating
// helps (repeat_policy.h). What other programs took of the CPUs decides whether it was disturbed, and never its result:
// choosing by the result would be choosing the result.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/experiment/plan.h"
#include "harness/experiment/repeat_policy.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// What came of one trial.
struct TrialStatus {
  bool begun = true;   ///< false: the user has asked to stop, and there is no row.
  bool noisy = false;  ///< Other programs were on its CPUs (validity's "noisy").
  /// false: it did not run, or died before its window, so that it does not show that the machine was quiet.
  bool measured = true;
};

/// What the rows of a resumed run say about the attempts of one trial.
struct EarlierAttempts {
  int attempts = 0;
  bool noisy = false;     ///< The last one was.
  bool measured = false;  ///< The last one was, as in TrialStatus::measured.
  bool given_up = false;  ///< Noisy, and its block went on without a repeat: repeating had been given up.
};
using EarlierTrials = std::map<std::string, EarlierAttempts>;  ///< By trial_id.

enum class StopReason : std::uint8_t { blocks, precision, budget, interrupted };
/// "all blocks ran", "the precision is reached", "the budget is spent", "interrupted".
std::string_view stop_reason_in_words(StopReason why);

/// What a table's intervals say when they are looked at.
enum class Precision : std::uint8_t {
  not_yet,
  reached,
  hopeless,  ///< There is no ratio at all (one subject, or all others fail): more blocks give none.
};
/// In the words of a check of rows: nullopt when there is no ratio to look at.
constexpr Precision precision_from(std::optional<bool> reached) {
  if (!reached) return Precision::hopeless;
  return *reached ? Precision::reached : Precision::not_yet;
}

/// How one table ended.
struct TableEnd {
  std::string table;
  StopReason why = StopReason::blocks;
  std::uint64_t blocks = 0;  ///< How many are complete.
};

/// What the runner wants to know about a row.
TrialStatus trial_status(const journal::Trial& row);

/// Counts what this attempt shows about repeating.
void count_attempt(RepeatPolicy& repeats, const TrialStatus& status, int attempt);

struct RunCallbacks {
  /// Measures one trial as this attempt, from 1.
  std::function<TrialStatus(const PlannedTrial&, int attempt)> trial;
  /// Measures all trials of a block in alternating slices, as this attempt; one status for each. Empty where they have
  /// to run one after the other. May be empty itself.
  std::function<std::vector<TrialStatus>(std::span<const PlannedTrial>, int attempt)> block{};
  /// Called after whole groups of blocks if a precision is wanted: what the first `blocks` blocks of the table say.
  std::function<Precision(const TableSpec&, std::uint64_t blocks)> check_precision;
  /// Called when no more trials of a table will run, whether or not any did; not after an interrupt.
  std::function<void(const TableSpec&)> table_done;
  /// Seconds since the run began.
  std::function<double()> elapsed_s;
  /// Called when repeating is given up (false), and when a quiet trial makes it worthwhile again (true). May be empty.
  std::function<void(bool)> repeating_changed{};
};

/// Blocks until every table has ended. Tables that got no block, for lack of budget or because the user stopped the
/// run, are in the result too. `before` and `repeats` are what a resumed run has left (resume.h).
std::vector<TableEnd> run_plan(const Plan& plan, const RunCallbacks& callbacks, const EarlierTrials& before = {},
                               RepeatPolicy repeats = {});

/// The worst of the tables': interrupted, budget, blocks, precision.
StopReason overall_stop_reason(const std::vector<TableEnd>& tables);

}  // namespace bakeoff::experiment

// Continuing a run that was cut off. It has to be the same experiment, with the same programs on the same machine:
// otherwise the rows of one table would not describe one thing. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/experiment/plan_runner.h"
#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// What has changed between the run that began and the one that would continue it, in one line with both values; ""
/// when nothing has. The number of blocks, the precision and the budget may change: they say how long, not what.
std::string what_changed(const journal::Manifest& began, const journal::Manifest& now);

/// Which trials a folder's rows belong to; the rows are in the order in which they were measured. A noisy trial that
/// was not repeated before the next block began stays as it is: repeating had been given up.
EarlierTrials earlier_trials(std::span<const journal::Trial> rows);

/// Whether repeating was worthwhile after the last of these rows.
RepeatPolicy repeats_before(std::span<const journal::Trial> rows);

/// What became of the noisy trials. One whose block was cut off before its repeat is not counted.
journal::RepeatFacts count_repeats(std::span<const journal::Trial> rows);

}  // namespace bakeoff::experiment

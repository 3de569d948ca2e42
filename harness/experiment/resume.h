// Going on with a run that was cut off: only the same experiment, with the same programs on the same machine, or the
// rows of one table would not be of one thing. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/experiment/runner.h"
#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// What has changed between the run that began and the one that would go on with it, in one line with both values;
/// "" when nothing has. The number of blocks, precision and budget may change: they say how long, not what.
std::string what_changed(const journal::Manifest& began, const journal::Manifest& now);

/// Which trials the rows of a folder are of; the rows stand in the order in which they were measured. A noisy trial
/// that was not repeated before the next block began is left for good: repeating had been given up.
EarlierTrials earlier_trials(std::span<const journal::Trial> rows);

/// Whether repeating was worth while after the last of these rows.
RepeatPolicy repeats_before(std::span<const journal::Trial> rows);

/// What became of the noisy trials. One whose block was cut off before its repeat is counted nowhere.
journal::RepeatFacts count_repeats(std::span<const journal::Trial> rows);

}  // namespace bakeoff::experiment

// What bound a trial, by name: the load's limit of descriptors, a limit that the subject met, the most connections that
// a model serves at a time.
#pragma once

#include <cstdint>

#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// How many of the silent connections asked for are made: all, or as many as the subject has units for. More would wait
/// in its listen queue for as long as the others stay, and what is asked is what those cost that it holds.
std::uint64_t idle_that_fit(const subjects::Subject& subject, const journal::Params& params);

/// Of the row of a load, whether or not it came to a result: sets outcome, outcome_detail and descriptor_limit where a
/// limit bound it: less was asked of the subject than the table wants. Where all was asked and it served a part, only
/// the detail says so. A row whose subject died stays what it is.
void note_limits(journal::Trial& row, const subjects::Subject& subject);

}  // namespace bakeoff::experiment

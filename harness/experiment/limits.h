// Which limit a trial ran into: the load's limit on descriptors, a limit that the subject reported, or the most
// connections that a model serves at a time.
#pragma once

#include <cstdint>

#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// How many of the wanted silent connections are made: all, or as many as the subject has units for. More would wait in
/// its listen queue for as long as the others stay, and the question is what those cost that it holds.
std::uint64_t idle_that_fit(const subjects::Subject& subject, const journal::Params& params);

/// Sets outcome, outcome_detail and descriptor_limit of a row whose load was bound by a limit, so that less was asked
/// of the subject than the table wants. If everything was asked and the subject served a part of it, only the detail
/// says so. A row whose subject died stays as it is. The load need not have come to a result.
void note_limits(journal::Trial& row, const subjects::Subject& subject);

}  // namespace bakeoff::experiment

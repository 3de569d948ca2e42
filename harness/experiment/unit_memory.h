// What a unit costs in memory, found out before very many of them are started: the subject is started with a few units,
// its memory is read, and it is stopped.
#pragma once

#include <optional>
#include <span>

#include "harness/experiment/serve_site.h"
#include "harness/journal/trial.h"
#include "harness/subjects/subject.h"

namespace bakeoff::experiment {

/// The row of such a start, with the same subject and work as `next`, for why_it_does_not_fit(). nullopt where it is
/// not needed, because `next` has few units or an earlier row tells what one costs, and where the number of units is
/// fixed. Blocks for the start and the stop, some tenths of a second; throws as start_subject() does. The site is the
/// trial's: the start has a folder of its own, and its cgroups and files.
std::optional<journal::Trial> measure_unit_memory(const journal::Trial& next, const subjects::Subject& subject,
                                                  std::span<const journal::Trial> earlier, const ServeSite& site);

}  // namespace bakeoff::experiment

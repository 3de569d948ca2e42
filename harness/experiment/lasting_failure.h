// What a subject will do again in every block, however often it is started. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/journal/trial.h"

namespace bakeoff {

/// Whether the row's subject sends wrong bytes: in its verification, or in every reply under the load. A death, a
/// limit, a connection that failed, some wrong replies among right ones may be chance and are tried again.
bool is_lasting(const Trial& row);

/// Why `next` need not be started: an earlier row of the same subject in the same table is_lasting(). "" when there is
/// none. Told by the rows alone, so that a run that is resumed knows it too.
std::string lasting_failure(std::span<const Trial> rows, const Trial& next);

}  // namespace bakeoff

// Failures that a subject will repeat in every block, however often it is started. Pure.
#pragma once

#include <span>
#include <string>

#include "harness/journal/trial.h"

namespace bakeoff::experiment {

/// Whether the row's subject sends wrong bytes: in its verification, or in every reply under the load. A death, a
/// limit, a failed connection, or some wrong replies among right ones may be chance, and the subject is tried again.
bool is_permanent_failure(const journal::Trial& row);

/// Why `next` need not be started: an earlier row of the same subject in the same table is_permanent_failure(). "" when
/// there is none. Decided by the rows alone, so that a resumed run knows it too.
std::string permanent_failure_of(std::span<const journal::Trial> rows, const journal::Trial& next);

}  // namespace bakeoff::experiment

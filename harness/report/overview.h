// One table over all tables of an experiment: the leading figure of every subject, one column per table. What a
// sweep (one workload with more and more connections) shows can be read along its rows. Pure.
#pragma once

#include <optional>
#include <span>

#include "harness/report/table.h"

namespace bakeoff::report {

/// nullopt where there is little to survey: fewer than four tables that lead with CPU per request.
std::optional<Table> overview_of(std::span<const Table> tables);

}  // namespace bakeoff::report

// Models beside the real systems that they stand for: how far apart each pair is, and whether the real ones stand in
// the same order as their models do. Pure.
//
// Rank agreement is the evidence that a model tells the truth about its kind. A model that leaves out what every real
// server does (a configuration, logs, modules) may be several times cheaper than its twin and still be right about what
// the choice costs: then the real ones, measured against each other, are ordered as the models are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

/// The pairs of one table of trials, by ReportInfo::twins: both medians and the paired ratio of the real one to its
/// model for CPU per request, p99, switches and PSS; of a job for what it is about and its CPU time. nullopt where the
/// table has no pair with numbers on both sides.
std::optional<Table> twin_table(const Grid& grid, const std::string& name, const ReportInfo& info);

/// Over all tables of servers: among any two pairs whose models are told apart, and whose real ones are too (both
/// intervals lie on one side of 1, 95 % each), how many stand in the same order on both sides. nullopt where no table
/// has two pairs.
std::optional<Table> rank_agreement(std::span<const Grid> grids, const ReportInfo& info);

}  // namespace bakeoff::report

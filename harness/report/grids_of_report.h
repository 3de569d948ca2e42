// The rows of a report in the places of its tables, for all that is made from them. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"
#include "harness/report/grid.h"
#include "harness/report/table.h"

namespace bakeoff::report {

struct GridsOfReport {
  std::vector<std::string> names;  ///< Of the tables, as the report shows them: "http", "http (open)".
  std::vector<Grid> grids;         ///< One for each name; Grid::table is what the rows say.
};

/// In the order of ReportInfo::tables. The trials must outlive them.
GridsOfReport grids_of_report(std::span<const journal::Trial> trials, const ReportInfo& info);

/// The sweep of which the table is a point; nullptr where it is none.
const journal::SweepFacts* sweep_of(const std::string& table, const ReportInfo& info);

}  // namespace bakeoff::report

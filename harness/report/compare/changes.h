// What changed between two recorded runs, as a report that every writer can show.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/journal/manifest.h"
#include "harness/journal/trial.h"
#include "harness/report/table.h"
#include "harness/stats/change.h"

namespace bakeoff::report::compare {

struct RecordedRun {
  std::string name;  ///< As the reader knows it: the folder.
  journal::Manifest manifest;
  std::vector<journal::Trial> trials;
};

/// One subject in one table that both runs have with the same setting.
struct CellChange {
  std::string table, subject;
  std::optional<stats::Change> change;  ///< Absent when one of the runs has no valid ratio to the floor.
};

struct Changes {
  Report report;
  std::vector<CellChange> cells;
};

/// Compares the leading figure of each table (CPU per request; a job's elapsed time), as its ratio to `floor` within
/// each run. The report has
///   - a head: what differs between the machines and the builds;
///   - a table for each name that both runs have with the same setting;
///   - a foot: the tables that are not compared, and at the end the count of what changed.
/// Absolute values are shown for the floor only, and are not compared.
Changes build_changes(const RecordedRun& before, const RecordedRun& after, const std::string& floor, double margin);

}  // namespace bakeoff::report::compare

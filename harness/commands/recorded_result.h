// A result folder as every kind of report reads it.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/report/table.h"

namespace bakeoff::commands {

struct RecordedResult {
  std::filesystem::path folder;
  std::optional<journal::Manifest> manifest;
  journal::Journal journal;
  report::ReportInfo info;  ///< From the manifest, or from the rows alone where there is none.

  bool has_valid_number() const;
};

/// Says on stderr what a reader should know. A folder without rows has an empty journal. Throws UsageError where it is
/// no folder, and what read_journal() throws.
RecordedResult read_result(const std::filesystem::path& folder);

}  // namespace bakeoff::commands

#include "harness/commands/recorded_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "harness/commands/commands.h"
#include "harness/journal/writer.h"
#include "harness/report/report_info.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {

bool RecordedResult::has_valid_number() const {
  return std::ranges::any_of(journal.trials, validity::gives_valid_number);
}

RecordedResult read_result(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw UsageError("report: \"" + folder.string() + "\" is no folder; expected one that bakeoff run has written");
  }
  RecordedResult result{.folder = folder, .manifest = {}, .journal = {}, .info = {}};
  if (std::filesystem::exists(folder / journal::kManifestFile)) result.manifest = journal::read_manifest(folder);
  result.journal = journal::read_journal(folder, result.manifest ? result.manifest->experiment : "");
  for (const std::string& note : result.journal.notes) fmt::print(stderr, "bakeoff: {}\n", note);
  if (result.journal.trials.empty()) {
    fmt::print(stderr, "bakeoff: {}: no rows in {}\n", folder.string(), journal::kTrialsFile);
    return result;
  }
  result.info = result.manifest ? report::report_info(*result.manifest) : report::report_info(result.journal.trials);
  if (!result.manifest) {
    fmt::print(stderr,
               "bakeoff: {}: no manifest.json; the tables are from the rows alone, with their first subject {} as the "
               "baseline\n",
               folder.string(), result.info.baseline);
  }
  return result;
}

}  // namespace bakeoff::commands

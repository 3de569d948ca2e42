// bakeoff report DIR: tables from recorded rows, without running anything.
#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/report/report_info.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {

int report_command(const ReportOptions& given) {
  if (given.last == !given.folder.empty()) {
    throw UsageError(given.last ? "report: found a folder beside --last, expected one of the two"
                                : "report: found no folder, expected one that bakeoff run has written, or --last");
  }
  ReportOptions options = given;
  if (options.last) {
    options.folder = last_run();
    fmt::print(stderr, "bakeoff: {}\n", options.folder.string());
  }
  if (!std::filesystem::is_directory(options.folder)) {
    throw UsageError("report: \"" + options.folder.string() +
                     "\" is no folder; expected one that bakeoff run has written");
  }
  std::optional<journal::Manifest> manifest;
  if (std::filesystem::exists(options.folder / journal::kManifestFile))
    manifest = journal::read_manifest(options.folder);
  const journal::Journal journal = journal::read_journal(options.folder, manifest ? manifest->experiment : "");
  for (const std::string& note : journal.notes) fmt::print(stderr, "bakeoff: {}\n", note);
  if (journal.trials.empty()) {
    fmt::print(stderr, "bakeoff: {}: no rows in {}\n", options.folder.string(), journal::kTrialsFile);
    return kNoValid;
  }
  const report::ReportInfo info = manifest ? report::report_info(*manifest) : report::report_info(journal.trials);
  if (!manifest) {
    fmt::print(stderr,
               "bakeoff: {}: no manifest.json; the tables are from the rows alone, with their first subject {} as the "
               "baseline\n",
               options.folder.string(), info.baseline);
  }
  fmt::print("{}", render(report::build_report(journal.trials, info), options.format));
  return std::any_of(journal.trials.begin(), journal.trials.end(), validity::gives_valid_number) ? kDone : kNoValid;
}

}  // namespace bakeoff::commands

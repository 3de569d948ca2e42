// bakeoff report DIR: tables from recorded rows, without running anything.
#include "harness/report/table.h"

#include <fmt/format.h>

#include "harness/commands/commands.h"
#include "harness/commands/show.h"
#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/report/info.h"

namespace bakeoff {

int report_command(const ReportOptions& options) {
  if (!std::filesystem::is_directory(options.folder)) {
    throw UsageError("report: \"" + options.folder.string() +
                     "\" is no folder; expected one that bakeoff run has written");
  }
  const Journal journal = read_journal(options.folder);
  for (const std::string& note : journal.notes) fmt::print(stderr, "bakeoff: {}\n", note);
  const Report report = build_report(journal.trials, report_info(read_manifest(options.folder)));
  if (report.tables.empty()) {
    fmt::print(stderr, "bakeoff: {}: no rows\n", options.folder.string());
    return kNoValid;
  }
  fmt::print("{}", render(report, options.format));
  return kDone;
}

}  // namespace bakeoff

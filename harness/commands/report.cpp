// bakeoff report DIR: tables from recorded rows, or the rows themselves, without running anything.
#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "harness/commands/commands.h"
#include "harness/commands/render.h"
#include "harness/commands/result_folders.h"
#include "harness/journal/manifest.h"
#include "harness/journal/reader.h"
#include "harness/journal/writer.h"
#include "harness/report/flat_export.h"
#include "harness/report/report_info.h"
#include "harness/validity/validity.h"

namespace bakeoff::commands {
namespace {

/// nullopt where tables are wanted. Throws UsageError for a format that the attempts are not printed in.
std::optional<report::FlatFormat> flat_format(const ReportOptions& options) {
  if (!options.trials && !options.histograms) return std::nullopt;
  if (options.format == "csv") return report::FlatFormat::csv;
  if (options.format == "json") return report::FlatFormat::json;
  throw UsageError(fmt::format("--format: found {} beside {}, expected csv or json", options.format,
                               options.histograms ? "--histograms" : "--trials"));
}

int print_histograms(const std::filesystem::path& folder, report::FlatFormat format) {
  const report::HistogramsOfTrials histograms = journal::read_histograms(folder);
  if (histograms.empty()) {
    fmt::print(stderr, "bakeoff: {}: no histograms in {}\n", folder.string(), journal::kHistogramsFile);
    return kNoValid;
  }
  fmt::print("{}", report::flat_histograms(histograms, format));
  return kDone;
}

}  // namespace

int report_command(const ReportOptions& given) {
  if (given.last == !given.folder.empty()) {
    throw UsageError(given.last ? "report: found a folder beside --last, expected one of the two"
                                : "report: found no folder, expected one that bakeoff run has written, or --last");
  }
  const std::optional<report::FlatFormat> flat = flat_format(given);
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
  journal::Journal journal = journal::read_journal(options.folder, manifest ? manifest->experiment : "");
  for (const std::string& note : journal.notes) fmt::print(stderr, "bakeoff: {}\n", note);
  if (journal.trials.empty()) {
    fmt::print(stderr, "bakeoff: {}: no rows in {}\n", options.folder.string(), journal::kTrialsFile);
    return kNoValid;
  }
  if (flat && options.histograms) return print_histograms(options.folder, *flat);
  const bool any_valid = std::ranges::any_of(journal.trials, validity::gives_valid_number);
  if (flat) {
    fmt::print("{}", report::flat_trials(std::move(journal.trials), *flat));
    return any_valid ? kDone : kNoValid;
  }
  const report::ReportInfo info = manifest ? report::report_info(*manifest) : report::report_info(journal.trials);
  if (!manifest) {
    fmt::print(stderr,
               "bakeoff: {}: no manifest.json; the tables are from the rows alone, with their first subject {} as the "
               "baseline\n",
               options.folder.string(), info.baseline);
  }
  fmt::print("{}", render(report::build_report(journal.trials, info), options.format));
  return any_valid ? kDone : kNoValid;
}

}  // namespace bakeoff::commands

// bakeoff report DIR: tables from recorded rows, pages and plots of them, or the rows themselves, without running
// anything.
#include "harness/report/table.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "harness/commands/commands.h"
#include "harness/commands/recorded_result.h"
#include "harness/commands/render.h"
#include "harness/commands/report_pages.h"
#include "harness/commands/report_plots.h"
#include "harness/commands/result_folders.h"
#include "harness/journal/writer.h"
#include "harness/report/flat_export.h"
#include "harness/report/markdown.h"

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

void check(const ReportOptions& options) {
  if (options.last == !options.folders.empty()) {
    throw UsageError(options.last ? "report: found a folder beside --last, expected one of the two"
                                  : "report: found no folder, expected one that bakeoff run has written, or --last");
  }
  const bool draws = options.format == "svg" || options.format == "pdf";
  if (options.folders.size() > 1 && (options.trials || options.histograms)) {
    throw UsageError(fmt::format("report: found {} folders beside {}, expected one", options.folders.size(),
                                 options.trials ? "--trials" : "--histograms"));
  }
  if (options.folders.size() > 1 && options.format != "html") {
    throw UsageError(fmt::format("report: found {} folders, expected one; --format html makes an index of several",
                                 options.folders.size()));
  }
  if (options.open && options.format != "html") {
    throw UsageError(fmt::format("--open: found --format {} beside it, expected html", options.format));
  }
  if (!options.out.empty() && !draws && options.format != "html") {
    throw UsageError(fmt::format("--out: found --format {} beside it, expected html, svg or pdf", options.format));
  }
}

}  // namespace

int report_command(const ReportOptions& given) {
  ReportOptions options = given;
  // Tables of several results would be one long text; pages with an index are what is meant.
  if (options.folders.size() > 1 && options.format == ReportOptions().format) options.format = "html";
  check(options);
  const std::optional<report::FlatFormat> flat = flat_format(options);
  if (options.last) {
    options.folders = {last_run()};
    fmt::print(stderr, "bakeoff: {}\n", options.folders.front().string());
  }
  if (options.folders.size() > 1) return write_index(options);
  RecordedResult result = read_result(options.folders.front());
  if (result.journal.trials.empty()) return kNoValid;
  if (flat && options.histograms) return print_histograms(result.folder, *flat);
  const int done = result.has_valid_number() ? kDone : kNoValid;
  if (flat) {
    fmt::print("{}", report::flat_trials(std::move(result.journal.trials), *flat));
  } else if (options.format == "html") {
    write_page(result, options);
  } else if (options.format == "svg" || options.format == "pdf") {
    write_plots(result, options);
  } else if (options.format == "md") {
    fmt::print("{}", report::markdown_report(report::build_report(result.journal.trials, result.info),
                                             drawings_beside(result)));
  } else {
    fmt::print("{}", render(report::build_report(result.journal.trials, result.info), options.format));
  }
  return done;
}

}  // namespace bakeoff::commands

// The plots of `bakeoff report --format svg` and `--format pdf`, as files.
#pragma once

#include <vector>

#include "harness/commands/commands.h"
#include "harness/commands/recorded_result.h"
#include "harness/report/markdown.h"

namespace bakeoff::commands {

/// NAME.svg of each plot (with pdf NAME.pdf, which rsvg-convert makes of it), and NAME.dat with its numbers for
/// pgfplots. Names them on stdout. Throws std::runtime_error where they cannot be written or converted.
void write_plots(const RecordedResult& result, const ReportOptions& options);

/// Those that lie in the folder "plots" of the result, for its report in Markdown.
std::vector<report::TableDrawings> drawings_beside(const RecordedResult& result);

}  // namespace bakeoff::commands
